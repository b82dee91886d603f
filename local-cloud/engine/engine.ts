import type { IncomingHttpHeaders } from "node:http";
import type { Call } from "../call";
import { restService, type StandIn } from "../toolkit";
import { Clock } from "./clock";
import { Cloud, type Ask } from "./cloud";
import { Deliveries } from "./deliveries/delivery";
import { EventBuses } from "./deliveries/eventbridge";
import { ResourcePolicies, type MayRole } from "./deliveries/permissions";
import { Buckets } from "./deliveries/s3";
import { Topics } from "./deliveries/sns";
import { aliasOperations } from "./functions/alias-operations";
import { AsynchronousInvoker } from "./functions/asynchronous";
import { functionOperations } from "./functions/function-operations";
import { invokeOperation } from "./functions/invoke-operation";
import { Invoker } from "./functions/invoker";
import type { Lambda } from "./functions/lambda";
import { Logs } from "./functions/logs";
import { permissionOperations } from "./functions/permission-operations";
import { Pool } from "./functions/pool";
import type { Machine } from "./functions/runtimes";
import { settingOperations } from "./functions/setting-operations";
import { Functions } from "./functions/store";
import { Mappings } from "./pollers/mappings";
import { Scheduler } from "./schedules/scheduler";

/** Calls that put something into a queue, a table or a stream. */
const writes =
  /^(SendMessage|ChangeMessageVisibility|PutItem|UpdateItem|DeleteItem|BatchWrite|TransactWrite|PutRecord|ExecuteStatement)/;

/** What the engine needs of the local cloud around it. */
export interface Surroundings {
  /** Answers a call as the account itself. */
  readonly ask: Ask;
  /** What functions run with. */
  readonly machine: Machine;
  /** Whether a role may do something by its own policies. */
  readonly mayRole: MayRole;
  /** Receives a line for whatever gets lost or refused, with its reason. */
  readonly log: (line: string) => void;
}

/** The event engine: it runs functions and moves events, as the services do behind their APIs. */
export class Engine {
  /** The clock of everything that happens here. */
  readonly clock = new Clock();
  private readonly lambda: Lambda;
  private readonly mappings: Mappings;
  private readonly topics: Topics;
  private readonly buses: EventBuses;
  private readonly buckets: Buckets;
  private readonly scheduler: Scheduler;

  constructor({ ask, machine, mayRole, log }: Surroundings) {
    const { clock } = this;
    const cloud = new Cloud(ask);
    const functions = new Functions();
    const pool = new Pool(machine);
    const logs = new Logs(cloud, log);
    const invoker = new Invoker(pool, logs, clock, (region) => functions.in(region).values());
    const asynchronous = new AsynchronousInvoker(functions, invoker, cloud, clock, log);
    const policies = new ResourcePolicies(cloud, functions, mayRole);
    const deliveries = new Deliveries(cloud, clock, policies, asynchronous, logs, log);
    this.lambda = { functions, pool, invoker, asynchronous, cloud, clock, mappingTags: new Map() };
    this.mappings = new Mappings(this.lambda, mayRole, log);
    this.topics = new Topics(cloud, clock, deliveries, log);
    this.buses = new EventBuses(cloud, clock, deliveries, log);
    this.buckets = new Buckets(cloud, clock, deliveries, policies, this.buses, log);
    this.scheduler = new Scheduler(cloud, clock, deliveries, this.buses, log);
  }

  /** What it answers itself; asked before all other stand-ins. */
  standIns(): StandIn[] {
    const { lambda } = this;
    const operations = {
      ...functionOperations(lambda),
      ...aliasOperations(lambda),
      ...permissionOperations(lambda),
      ...settingOperations(lambda),
      ...invokeOperation(lambda),
      ...this.mappings.operations(),
    };
    return [
      restService({ service: "lambda", complete: false, operations }),
      ...this.topics.standIns(),
      ...this.buses.standIns(),
      ...this.buckets.standIns(),
      ...this.scheduler.standIns(),
    ];
  }

  /** Learns what a call was answered, whoever answered it. */
  observe(call: Call, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 300) {
      return;
    }
    if (call.service === "s3") {
      this.buckets.observe(call, status, headers);
    } else if (writes.test(call.action)) {
      this.mappings.written(call.service, call.body.toString("utf8"));
    }
  }

  /** Ends all processes of functions. */
  end(): void {
    this.mappings.end();
    this.lambda.pool.end();
  }
}
