import {
  account,
  found,
  type JsonObject,
  listAt,
  pick,
  randomHex,
  required,
  Store,
  Tags,
} from "../../toolkit";
import { invalid, notFound, type Operations } from "./apprunner-operations";

/** A configuration that is never changed: creating it again under its name makes a new revision. */
interface Revisioned {
  readonly noun: string;
  readonly plural: string;
  readonly arnPart: string;
  readonly required: readonly string[];
  readonly fields: readonly string[];
  readonly defaults: JsonObject;
  /** Whether each revision says if it is the latest one. */
  readonly hasLatest: boolean;
  readonly listField: string;
  /** The words for a usable and for a deleted one, which differ between kinds. */
  readonly states: readonly [usable: string, deleted: string];
}

export const autoScaling: Revisioned = {
  noun: "AutoScalingConfiguration",
  plural: "AutoScalingConfigurations",
  arnPart: "autoscalingconfiguration",
  required: [],
  fields: ["MaxConcurrency", "MinSize", "MaxSize"],
  defaults: { MaxConcurrency: 100, MinSize: 1, MaxSize: 25, HasAssociatedService: false, IsDefault: false },
  hasLatest: true,
  listField: "AutoScalingConfigurationSummaryList",
  states: ["active", "inactive"],
};

export const observability: Revisioned = {
  noun: "ObservabilityConfiguration",
  plural: "ObservabilityConfigurations",
  arnPart: "observabilityconfiguration",
  required: [],
  fields: ["TraceConfiguration"],
  defaults: {},
  hasLatest: true,
  listField: "ObservabilityConfigurationSummaryList",
  states: ["ACTIVE", "INACTIVE"],
};

export const vpcConnector: Revisioned = {
  noun: "VpcConnector",
  plural: "VpcConnectors",
  arnPart: "vpcconnector",
  required: ["Subnets"],
  fields: ["Subnets", "SecurityGroups"],
  defaults: {},
  hasLatest: false,
  listField: "VpcConnectors",
  states: ["ACTIVE", "INACTIVE"],
};

export function revisioned(
  kind: Revisioned,
  store: Store<JsonObject>,
  tags: Tags,
  beforeDeletion: (arn: string, region: string) => void = () => undefined,
): Operations {
  const { noun, arnPart } = kind;
  const nameField = `${noun}Name`;
  const arnField = `${noun}Arn`;
  const revisionField = `${noun}Revision`;
  const at = (region: string, arn: unknown) =>
    found(store.in(region).get(String(arn)), notFound, `${noun} ${String(arn)} does not exist`);
  return {
    [`Create${noun}`]: (input, context) => {
      const name = String(required(input, invalid, nameField, ...kind.required)[nameField]);
      const earlier = [...store.in(context.region).values()].filter((each) => each[nameField] === name);
      const revision = Math.max(0, ...earlier.map((each) => Number(each[revisionField]))) + 1;
      const arn = context.arn("apprunner", `${arnPart}/${name}/${revision}/${randomHex(32)}`);
      for (const each of earlier) {
        Object.assign(each, kind.hasLatest ? { Latest: false } : {});
      }
      const resource = {
        [arnField]: arn,
        [nameField]: name,
        [revisionField]: revision,
        ...kind.defaults,
        ...pick(input, ...kind.fields),
        ...(kind.hasLatest ? { Latest: true } : {}),
        Status: kind.states[0],
        CreatedAt: Date.now() / 1000,
      };
      store.in(context.region).set(arn, resource);
      tags.addList(arn, listAt(input, "Tags"));
      return { [noun]: resource };
    },
    [`Describe${noun}`]: (input, { region }) => ({ [noun]: at(region, input[arnField]) }),
    [`List${kind.plural}`]: (input, { region }) => ({
      [kind.listField]: [...store.in(region).values()].filter(
        (each) => input[nameField] === undefined || each[nameField] === input[nameField],
      ),
    }),
    [`Delete${noun}`]: (input, { region }) => {
      const resource = at(region, input[arnField]);
      beforeDeletion(String(resource[arnField]), region);
      store.in(region).delete(String(resource[arnField]));
      tags.drop(String(resource[arnField]));
      return { [noun]: { ...resource, Status: kind.states[1], DeletedAt: Date.now() / 1000 } };
    },
  };
}

/** What a service says of its configuration. */
export const summaryFields = [
  ...["AutoScalingConfigurationArn", "AutoScalingConfigurationName", "AutoScalingConfigurationRevision"],
  ...["Status", "CreatedAt", "HasAssociatedService", "IsDefault"],
];

/** A configuration may be named by an ARN without revision, which means the latest. */
export function configurationNamed(
  configurations: Store<JsonObject>,
  region: string,
  arn: string,
): JsonObject {
  const all = [...configurations.in(region).values()];
  const match = all.filter((each) => String(each.AutoScalingConfigurationArn).startsWith(arn)).at(-1);
  return found(match, invalid, `AutoScalingConfiguration ${arn} does not exist`);
}

export function defaultConfiguration(region: string): JsonObject {
  const id = "00000000000000000000000000000001";
  return {
    AutoScalingConfigurationArn: `arn:aws:apprunner:${region}:${account}:autoscalingconfiguration/DefaultConfiguration/1/${id}`,
    AutoScalingConfigurationName: "DefaultConfiguration",
    AutoScalingConfigurationRevision: 1,
  };
}
