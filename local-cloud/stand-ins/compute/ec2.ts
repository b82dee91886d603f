import { ServiceError } from "../../answer";
import {
  account,
  found,
  queryList,
  queryService,
  queryTags,
  queryTexts,
  randomHex,
  required,
  scalar,
  Store,
  type QueryInput,
  type QueryOperation,
  type StandIn,
} from "../../toolkit";

const invalid = "MissingParameter";

/**
 * EC2: placement groups and capacity reservations, and tags given at creation where moto drops
 * them. Everything else is moto's.
 */
export function ec2(): StandIn {
  const resources = new Resources();
  return queryService({
    service: "ec2",
    operations: {
      CreateDhcpOptions: taggedAfterwards("dhcpOptionsId"),
      ...placementGroupOperations(resources),
      ...capacityReservationOperations(resources),
      ...tagOperations(resources),
    },
  });
}

type Fields = Record<string, unknown>;

/** Own resources by id, with their tags. */
class Resources {
  private readonly regions = new Store<Fields>();
  private readonly tags = new Map<string, Map<string, string>>();

  add(region: string, id: string, fields: Fields, specifications: QueryInput[string] | undefined): void {
    this.regions.in(region).set(id, fields);
    this.tag(id, tagsIn(specifications));
  }

  at(region: string, id: string): Fields | undefined {
    return this.regions.in(region).get(id);
  }

  all(region: string, prefix: string): Fields[] {
    const own = [...this.regions.in(region)].filter(([id]) => id.startsWith(prefix));
    return own.map(([id, fields]) => ({ ...fields, tagSet: this.tagSet(id) }));
  }

  drop(region: string, id: string): void {
    this.regions.in(region).delete(id);
    this.tags.delete(id);
  }

  tag(id: string, tags: ReadonlyMap<string, string>): void {
    this.tags.set(id, new Map([...(this.tags.get(id) ?? []), ...tags]));
  }

  untag(id: string, keys: Iterable<string>): void {
    for (const key of keys) {
      this.tags.get(id)?.delete(key);
    }
  }

  private tagSet(id: string): Fields {
    return { item: [...(this.tags.get(id) ?? [])].map(([key, value]) => ({ key, value })) };
  }
}

function tagsIn(specifications: QueryInput[string] | undefined): Map<string, string> {
  return new Map(
    queryList(specifications).flatMap((each) => (typeof each === "object" ? queryTags(each.Tag) : [])),
  );
}

/** Has moto create the resource and tag it in a second call. */
function taggedAfterwards(idElement: string): QueryOperation {
  return async (input, context) => {
    const answer = await context.moto();
    const id = new RegExp(`<${idElement}>([^<]+)</${idElement}>`).exec(answer.body.toString("utf8"))?.[1];
    const tags = tagsIn(input.TagSpecification);
    if (answer.status < 300 && id !== undefined && tags.size > 0) {
      const parameters = new URLSearchParams({
        Action: "CreateTags",
        Version: scalar(input.Version),
        "ResourceId.1": id,
      });
      [...tags].forEach(([key, value], index) => {
        parameters.set(`Tag.${index + 1}.Key`, key);
        parameters.set(`Tag.${index + 1}.Value`, value);
      });
      await context.moto({ action: "CreateTags", body: Buffer.from(parameters.toString()) });
    }
    return answer;
  };
}

function placementGroupOperations(resources: Resources): Record<string, QueryOperation> {
  const byName = (region: string, name: string) =>
    resources.all(region, "pg-").find((group) => group.groupName === name);
  return {
    CreatePlacementGroup: (input, context) => {
      const { GroupName } = required(input, invalid, "GroupName");
      if (byName(context.region, GroupName) !== undefined) {
        throw new ServiceError(
          "InvalidPlacementGroup.Duplicate",
          `The placement group '${GroupName}' already exists.`,
        );
      }
      const strategy = typeof input.Strategy === "string" ? input.Strategy : "cluster";
      const groupId = `pg-${randomHex(17)}`;
      const group = {
        groupName: GroupName,
        groupId,
        groupArn: context.arn("ec2", `placement-group/${GroupName}`),
        state: "available",
        strategy,
        partitionCount: strategy === "partition" ? (input.PartitionCount ?? 2) : undefined,
        spreadLevel: strategy === "spread" ? (input.SpreadLevel ?? "rack") : undefined,
      };
      resources.add(context.region, groupId, group, input.TagSpecification);
      return { placementGroup: byName(context.region, GroupName) };
    },
    DescribePlacementGroups: (input, { region }) => {
      const names = queryTexts(input.GroupName);
      const ids = queryTexts(input.GroupId);
      for (const name of names) {
        found(
          byName(region, name),
          "InvalidPlacementGroup.Unknown",
          `The Placement Group '${name}' is unknown.`,
        );
      }
      const chosen = resources
        .all(region, "pg-")
        .filter((group) => names.length === 0 || names.includes(String(group.groupName)))
        .filter((group) => ids.length === 0 || ids.includes(String(group.groupId)));
      return { placementGroupSet: { item: chosen } };
    },
    DeletePlacementGroup: (input, { region }) => {
      const { GroupName } = required(input, invalid, "GroupName");
      const group = byName(region, GroupName);
      const { groupId } = found(
        group,
        "InvalidPlacementGroup.Unknown",
        `The Placement Group '${GroupName}' is unknown.`,
      );
      resources.drop(region, String(groupId));
      return { return: true };
    },
  };
}

function capacityReservationOperations(resources: Resources): Record<string, QueryOperation> {
  const at = (region: string, id: string) =>
    found(
      resources.at(region, id),
      "InvalidCapacityReservationId.NotFound",
      `The capacity reservation '${id}' does not exist`,
    );
  return {
    CreateCapacityReservation: (input, context) => {
      const { InstanceType, InstancePlatform, InstanceCount } = required(
        input,
        invalid,
        ...["InstanceType" as const, "InstancePlatform" as const, "InstanceCount" as const],
      );
      const capacityReservationId = `cr-${randomHex(17)}`;
      const now = new Date().toISOString();
      resources.add(
        context.region,
        capacityReservationId,
        {
          capacityReservationId,
          capacityReservationArn: context.arn("ec2", `capacity-reservation/${capacityReservationId}`),
          ownerId: account,
          instanceType: InstanceType,
          instancePlatform: InstancePlatform,
          availabilityZone: input.AvailabilityZone,
          availabilityZoneId: input.AvailabilityZoneId,
          tenancy: input.Tenancy ?? "default",
          totalInstanceCount: InstanceCount,
          availableInstanceCount: InstanceCount,
          ebsOptimized: input.EbsOptimized ?? "false",
          ephemeralStorage: input.EphemeralStorage ?? "false",
          endDateType: input.EndDateType ?? "unlimited",
          endDate: input.EndDate,
          instanceMatchCriteria: input.InstanceMatchCriteria ?? "open",
          outpostArn: input.OutpostArn,
          placementGroupArn: input.PlacementGroupArn,
          state: "active",
          startDate: now,
          createDate: now,
        },
        input.TagSpecifications ?? input.TagSpecification,
      );
      return { capacityReservation: at(context.region, capacityReservationId) };
    },
    DescribeCapacityReservations: (input, { region }) => {
      const ids = queryTexts(input.CapacityReservationId);
      ids.forEach((id) => at(region, id));
      const chosen = resources
        .all(region, "cr-")
        .filter(
          ({ capacityReservationId }) => ids.length === 0 || ids.includes(String(capacityReservationId)),
        );
      return { capacityReservationSet: { item: chosen } };
    },
    ModifyCapacityReservation: (input, { region }) => {
      const { CapacityReservationId } = required(input, invalid, "CapacityReservationId");
      const reservation = at(region, CapacityReservationId);
      const count = input.InstanceCount ?? reservation.totalInstanceCount;
      Object.assign(reservation, {
        totalInstanceCount: count,
        availableInstanceCount: count,
        endDateType: input.EndDateType ?? reservation.endDateType,
        endDate: input.EndDateType === "unlimited" ? undefined : (input.EndDate ?? reservation.endDate),
        instanceMatchCriteria: input.InstanceMatchCriteria ?? reservation.instanceMatchCriteria,
      });
      return { return: true };
    },
    CancelCapacityReservation: (input, { region }) => {
      const { CapacityReservationId } = required(input, invalid, "CapacityReservationId");
      at(region, CapacityReservationId);
      resources.drop(region, CapacityReservationId);
      return { return: true };
    },
  };
}

/** Tag calls name several resources; moto gets those that are its own. */
function tagOperations(resources: Resources): Record<string, QueryOperation> {
  const split = (apply: (id: string, input: QueryInput) => void): QueryOperation => {
    return (input, context) => {
      const ids = queryTexts(input.ResourceId);
      const own = ids.filter((id) => resources.at(context.region, id) !== undefined);
      own.forEach((id) => {
        apply(id, input);
      });
      return own.length === ids.length ? { return: true } : undefined;
    };
  };
  return {
    CreateTags: split((id, input) => {
      resources.tag(id, new Map(queryTags(input.Tag)));
    }),
    DeleteTags: split((id, input) => {
      resources.untag(
        id,
        queryTags(input.Tag).map(([key]) => key),
      );
    }),
  };
}
