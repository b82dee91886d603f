import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import {
  account,
  found,
  jsonService,
  listAt,
  objectAt,
  randomHex,
  restService,
  scalar,
  Tags,
  textsAt,
  type Context,
  type JsonObject,
  type JsonOperation,
  type RestOperation,
  type StandIn,
} from "../../toolkit";
import { Unkindness } from "../../unkind";

/** The regions that every cluster has an endpoint in. */
const endpointRegions = ["ap-northeast-1", "ap-southeast-2", "eu-west-1", "us-east-1", "us-west-2"];

/** The one that still answers when `dark-cluster-endpoints` is on. */
const lastEndpointRegion = "us-west-2";

interface RoutingControl {
  readonly arn: string;
  readonly panelArn: string;
  name: string;
  state: "On" | "Off";
}

interface SafetyRule {
  readonly arn: string;
  readonly panelArn: string;
  readonly asserted: readonly string[];
  readonly config: JsonObject;
  name: string;
  waitPeriodMs: number;
  /** Unix time in milliseconds until which changes are refused. */
  heldUntil: number;
}

/** The routing controls of all clusters, which health checks follow. */
export class RoutingControls {
  readonly controls = new Map<string, RoutingControl>();
  readonly rules = new Map<string, SafetyRule>();

  /** What a health check sees of a control; nothing where there is no such control. */
  observation(arn: string): object | undefined {
    const control = this.controls.get(arn);
    if (control === undefined) {
      return undefined;
    }
    const verdict = control.state === "On" ? "Success" : "Failure";
    const CheckedTime = new Date().toISOString();
    return {
      Region: "us-east-1",
      StatusReport: { Status: `${verdict}: the routing control is ${control.state}`, CheckedTime },
    };
  }

  /** Sets states, all or none, unless a safety rule is in the way that is not overridden. */
  change(wanted: ReadonlyMap<string, "On" | "Off">, overridden: readonly string[], now: number): void {
    const named = [...wanted.keys()].map((arn) => this.at(arn));
    const touched = [...this.rules.values()].filter(
      ({ asserted, arn }) =>
        !overridden.includes(arn) && named.some((control) => asserted.includes(control.arn)),
    );
    for (const rule of touched) {
      const on = rule.asserted.filter((arn) => (wanted.get(arn) ?? this.controls.get(arn)?.state) === "On");
      const threshold = Number(rule.config.Threshold);
      if (on.length >= threshold === (rule.config.Inverted === true)) {
        throw refused(rule, `it would leave ${on.length} routing controls on`);
      }
      if (now < rule.heldUntil) {
        throw refused(rule, "its wait period after the last change is not over");
      }
    }
    for (const control of named) {
      control.state = wanted.get(control.arn) ?? control.state;
    }
    touched.forEach((rule) => {
      rule.heldUntil = now + rule.waitPeriodMs;
    });
  }

  /** A control, or the refusal of the cluster's endpoint. */
  at(arn: string): RoutingControl {
    return found(this.controls.get(arn), "ResourceNotFoundException", `no routing control ${arn}`, 404);
  }
}

function refused({ name, arn }: SafetyRule, why: string): ServiceError {
  return new ServiceError(
    "ConflictException",
    `The safety rule ${name} (${arn}) refuses this change: ${why}`,
    409,
  );
}

/**
 * Application Recovery Controller: clusters, control panels, routing controls and assertion rules, which are
 * deployed at once; and the endpoints of the clusters, which flip the controls. No gating rules.
 */
export function routingControls(states = new RoutingControls(), unkind = new Unkindness()): StandIn[] {
  return [configuration(states), clusterEndpoints(states, unkind)];
}

/** The endpoints of the clusters: five, all of which are the gateway, told apart by the signature's region. */
function clusterEndpoints(states: RoutingControls, unkind: Unkindness): StandIn {
  const answering = (operation: JsonOperation): JsonOperation => {
    return (input, context) => {
      if (unkind.isOn("dark-cluster-endpoints") && context.region !== lastEndpointRegion) {
        throw new ServiceError(
          "EndpointTemporarilyUnavailableException",
          `The endpoint in ${context.region} does not answer.`,
          503,
        );
      }
      return operation(input, context);
    };
  };
  const described = ({ arn, name, panelArn, state }: RoutingControl) => ({
    ControlPanelArn: panelArn,
    RoutingControlArn: arn,
    RoutingControlName: name,
    RoutingControlState: state,
    Owner: account,
  });
  const change = (entries: readonly JsonObject[], input: JsonObject) => {
    const wanted = entries.map((entry): [string, "On" | "Off"] => [
      scalar(entry.RoutingControlArn),
      entry.RoutingControlState === "On" ? "On" : "Off",
    ]);
    states.change(new Map(wanted), textsAt(input, "SafetyRulesToOverride"), Date.now());
  };
  const operations: Record<string, JsonOperation> = {
    GetRoutingControlState: (input) => {
      const { arn, name, state } = states.at(scalar(input.RoutingControlArn));
      return { RoutingControlArn: arn, RoutingControlName: name, RoutingControlState: state };
    },
    ListRoutingControls: ({ ControlPanelArn }) => ({
      RoutingControls: [...states.controls.values()]
        .filter(({ panelArn }) => ControlPanelArn === undefined || panelArn === ControlPanelArn)
        .map(described),
    }),
    UpdateRoutingControlState: (input) => {
      change([input], input);
    },
    UpdateRoutingControlStates: (input) => {
      change(listAt(input, "UpdateRoutingControlStateEntries"), input);
    },
  };
  return jsonService({
    service: "route53-recovery-cluster",
    complete: true,
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, answering(operation)]),
    ),
  });
}

function configuration(states: RoutingControls): StandIn {
  const tags = new Tags();
  return restService({
    service: "route53-recovery-control-config",
    complete: true,
    operations: {
      ...clusterOperations(states, tags),
      ...controlOperations(states),
      ...ruleOperations(states, tags),
      "GET /tags/{arn}": ({ path }) => ({ Tags: tags.map(path.arn ?? "") }),
      "POST /tags/{arn}": ({ path, json }) => {
        tags.add(path.arn ?? "", texts(json.Tags));
        return {};
      },
      "DELETE /tags/{arn}": ({ path, query }) => {
        tags.remove(path.arn ?? "", query.getAll("TagKeys"));
        return {};
      },
    },
  });
}

const arnOf = (kind: string) => `arn:aws:route53-recovery-control::${account}:${kind}`;

function texts(value: unknown): [string, string][] {
  return Object.entries((value ?? {}) as Record<string, string>);
}

function notFound<T>(value: T | undefined, arn: string | undefined): T {
  return found(value, "ResourceNotFoundException", `${arn ?? ""} does not exist`, 404);
}

function conflict(message: string): ServiceError {
  return new ServiceError("ConflictException", message, 409);
}

/** Clusters and their control panels. */
function clusterOperations(states: RoutingControls, tags: Tags): Record<string, RestOperation> {
  const clusters = new Map<string, string>();
  const panels = new Map<string, { clusterArn: string; name: string }>();
  const cluster = (arn: string | undefined, { call }: Context) => ({
    Cluster: {
      ClusterArn: arn,
      Name: notFound(clusters.get(arn ?? ""), arn),
      Owner: account,
      Status: "DEPLOYED",
      ClusterEndpoints: endpointRegions.map((region) => ({
        Endpoint: `http://${call.headers.host ?? ""}/${region}/v1`,
        Region: region,
      })),
    },
  });
  const panel = (arn: string | undefined) => {
    const { clusterArn, name } = notFound(panels.get(arn ?? ""), arn);
    const own = [...states.controls.values()].filter(({ panelArn }) => panelArn === arn);
    return {
      ControlPanel: {
        ClusterArn: clusterArn,
        ControlPanelArn: arn,
        DefaultControlPanel: false,
        Name: name,
        Owner: account,
        RoutingControlCount: own.length,
        Status: "DEPLOYED",
      },
    };
  };
  return {
    "POST /cluster": ({ json }, context) => {
      const arn = arnOf(`cluster/${randomUUID()}`);
      clusters.set(arn, scalar(json.ClusterName));
      tags.add(arn, texts(json.Tags));
      return cluster(arn, context);
    },
    "GET /cluster/{arn}": ({ path }, context) => cluster(path.arn, context),
    "DELETE /cluster/{arn}": ({ path }) => {
      if ([...panels.values()].some(({ clusterArn }) => clusterArn === path.arn)) {
        throw conflict("the cluster still has control panels");
      }
      notFound(clusters.delete(path.arn ?? "") || undefined, path.arn);
      return {};
    },
    "POST /controlpanel": ({ json }) => {
      const clusterArn = scalar(json.ClusterArn);
      notFound(clusters.get(clusterArn), clusterArn);
      const arn = arnOf(`controlpanel/${randomHex(32)}`);
      panels.set(arn, { clusterArn, name: scalar(json.ControlPanelName) });
      tags.add(arn, texts(json.Tags));
      return panel(arn);
    },
    "PUT /controlpanel": ({ json }) => {
      const arn = scalar(json.ControlPanelArn);
      notFound(panels.get(arn), arn).name = scalar(json.ControlPanelName);
      return panel(arn);
    },
    "GET /controlpanel/{arn}": ({ path }) => panel(path.arn),
    "DELETE /controlpanel/{arn}": ({ path }) => {
      if ([...states.controls.values()].some(({ panelArn }) => panelArn === path.arn)) {
        throw conflict("the control panel still has routing controls");
      }
      notFound(panels.delete(path.arn ?? "") || undefined, path.arn);
      return {};
    },
  };
}

function controlOperations(states: RoutingControls): Record<string, RestOperation> {
  const { controls } = states;
  const described = (arn: string | undefined) => {
    const { name, panelArn } = notFound(controls.get(arn ?? ""), arn);
    return {
      RoutingControl: {
        ControlPanelArn: panelArn,
        Name: name,
        Owner: account,
        RoutingControlArn: arn,
        Status: "DEPLOYED",
      },
    };
  };
  return {
    "POST /routingcontrol": ({ json }) => {
      const panelArn = scalar(json.ControlPanelArn);
      const arn = `${panelArn}/routingcontrol/${randomHex(16)}`;
      controls.set(arn, { arn, panelArn, name: scalar(json.RoutingControlName), state: "Off" });
      return described(arn);
    },
    "PUT /routingcontrol": ({ json }) => {
      const arn = scalar(json.RoutingControlArn);
      notFound(controls.get(arn), arn).name = scalar(json.RoutingControlName);
      return described(arn);
    },
    "GET /routingcontrol/{arn}": ({ path }) => described(path.arn),
    "DELETE /routingcontrol/{arn}": ({ path }) => {
      const rule = [...states.rules.values()].find(({ asserted }) => asserted.includes(path.arn ?? ""));
      if (rule !== undefined) {
        throw conflict(`the safety rule ${rule.name} asserts the routing control`);
      }
      notFound(controls.delete(path.arn ?? "") || undefined, path.arn);
      return {};
    },
  };
}

function ruleOperations({ rules }: RoutingControls, tags: Tags): Record<string, RestOperation> {
  const described = (arn: string | undefined) => {
    const { name, panelArn, asserted, config, waitPeriodMs } = notFound(rules.get(arn ?? ""), arn);
    return {
      AssertionRule: {
        AssertedControls: asserted,
        ControlPanelArn: panelArn,
        Name: name,
        Owner: account,
        RuleConfig: config,
        SafetyRuleArn: arn,
        Status: "DEPLOYED",
        WaitPeriodMs: waitPeriodMs,
      },
    };
  };
  return {
    "POST /safetyrule": ({ json }) => {
      if (json.AssertionRule === undefined) {
        throw new ServiceError("ValidationException", "the local cloud makes assertion rules only");
      }
      const input = objectAt(json, "AssertionRule");
      const panelArn = scalar(input.ControlPanelArn);
      const arn = `${panelArn}/safetyrule/${randomHex(16)}`;
      rules.set(arn, {
        arn,
        panelArn,
        name: scalar(input.Name),
        asserted: textsAt(input, "AssertedControls"),
        config: objectAt(input, "RuleConfig"),
        waitPeriodMs: Number(input.WaitPeriodMs),
        heldUntil: 0,
      });
      tags.add(arn, texts(json.Tags));
      return described(arn);
    },
    "PUT /safetyrule": ({ json }) => {
      const input = objectAt(json, "AssertionRuleUpdate");
      const arn = scalar(input.SafetyRuleArn);
      const rule = notFound(rules.get(arn), arn);
      rule.name = scalar(input.Name);
      rule.waitPeriodMs = Number(input.WaitPeriodMs);
      return described(arn);
    },
    "GET /safetyrule/{arn}": ({ path }) => described(path.arn),
    "DELETE /safetyrule/{arn}": ({ path }) => {
      notFound(rules.delete(path.arn ?? "") || undefined, path.arn);
      return {};
    },
  };
}
