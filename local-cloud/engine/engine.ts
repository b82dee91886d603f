import { restService, type StandIn } from "../toolkit";
import { Clock } from "./clock";
import { Cloud, type Ask } from "./cloud";
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

/** What the engine needs of the local cloud around it. */
export interface Surroundings {
  /** Answers a call as the account itself. */
  readonly ask: Ask;
  /** What functions run with. */
  readonly machine: Machine;
  /** Receives a line for whatever gets lost or refused, with its reason. */
  readonly log: (line: string) => void;
}

/** The event engine: it runs functions and moves events, as the services do behind their APIs. */
export class Engine {
  /** The clock of everything that happens here. */
  readonly clock = new Clock();
  private readonly lambda: Lambda;

  constructor({ ask, machine, log }: Surroundings) {
    const { clock } = this;
    const cloud = new Cloud(ask);
    const functions = new Functions();
    const pool = new Pool(machine);
    const invoker = new Invoker(pool, new Logs(cloud, log), clock, (region) => functions.in(region).values());
    const asynchronous = new AsynchronousInvoker(functions, invoker, cloud, clock, log);
    this.lambda = { functions, pool, invoker, asynchronous, cloud, clock };
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
    };
    return [restService({ service: "lambda", complete: false, operations })];
  }

  /** Ends all processes of functions. */
  end(): void {
    this.lambda.pool.end();
  }
}
