import { queryList, queryService, queryTexts, type QueryInput, type StandIn } from "../../toolkit";

/** One range of each continent that Route 53 checks from. */
const healthCheckers = ["54.228.16.0/26", "54.232.40.64/26", "54.251.31.128/26", "107.23.255.0/26"];

/** EC2: the managed prefix list of Route 53's health checkers, which moto lacks in every region. */
export function managedPrefixLists(): StandIn {
  return queryService({
    service: "ec2",
    operations: {
      DescribeManagedPrefixLists: (input, { region }) => {
        const list = healthCheckerList(region);
        return isAskedFor(input, list) ? { prefixListSet: { item: [list] } } : undefined;
      },
      GetManagedPrefixListEntries: (input, { region }) =>
        input.PrefixListId === healthCheckerList(region).prefixListId
          ? { entrySet: { item: healthCheckers.map((cidr) => ({ cidr })) } }
          : undefined,
    },
  });
}

function healthCheckerList(region: string) {
  const prefixListId = `pl-${Buffer.from(region).toString("hex")}`;
  return {
    prefixListId,
    prefixListName: `com.amazonaws.${region}.route53-healthchecks`,
    prefixListArn: `arn:aws:ec2:${region}:aws:prefix-list/${prefixListId}`,
    addressFamily: "IPv4",
    maxEntries: 25,
    ownerId: "AWS",
    state: "create-complete",
  };
}

/** Whether the call names the list; a call that names none is moto's. */
function isAskedFor(
  { PrefixListId: ids, Filter: filters }: QueryInput,
  list: ReturnType<typeof healthCheckerList>,
): boolean {
  const names = queryList(filters).flatMap((filter) =>
    typeof filter === "object" && filter.Name === "prefix-list-name" ? queryTexts(filter.Value) : [],
  );
  return queryTexts(ids).includes(list.prefixListId) || names.includes(list.prefixListName);
}
