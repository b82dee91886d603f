import { ServiceError } from "../answer";
import type { Call } from "../call";
import { Context } from "../toolkit";
import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

/** A quota that a creation runs into. */
interface Limit {
  /** How many a region of a new account may hold. */
  readonly value: number;
  /** The call of EC2 that lists them. */
  readonly list: string;
  /** An element that each of them has once in that list. */
  readonly element: string;
  readonly refusal: ServiceError;
}

const limits: Readonly<Record<string, Limit>> = {
  CreateVpc: {
    value: 5,
    list: "DescribeVpcs",
    element: "<isDefault>",
    refusal: new ServiceError("VpcLimitExceeded", "The maximum number of VPCs has been reached."),
  },
  AllocateAddress: {
    value: 5,
    list: "DescribeAddresses",
    element: "<allocationId>",
    refusal: new ServiceError("AddressLimitExceeded", "The maximum number of addresses has been reached."),
  },
};

/**
 * The default quotas that an environment reaches first.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export function quotas(unkind: Unkindness): Interference {
  /** Creations under way, each of which counts before the next is let through: clients make many at once. */
  const underWay = new Map<string, Promise<void>>();
  const endings = new Map<Call, () => void>();

  return {
    before: async (call, forward) => {
      const limit = call.service === "ec2" ? limits[call.action] : undefined;
      if (limit === undefined || !unkind.isOn("quotas")) {
        return;
      }
      const { value, list, element, refusal } = limit;
      const key = `${call.action} ${call.region}`;
      const earlier = underWay.get(key);
      underWay.set(key, new Promise((resolve) => endings.set(call, resolve)));
      await earlier;
      const parameters = { Action: list, Version: "2016-11-15" };
      const listed = await new Context(call, forward).motoQuery("ec2", parameters);
      if (listed.split(element).length - 1 >= value) {
        throw refusal;
      }
    },
    after: (call) => {
      endings.get(call)?.();
      endings.delete(call);
    },
  };
}
