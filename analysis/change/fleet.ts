import { isObject } from "./canonical";
import type { ClassifiableChange } from "./change";

/** What each strategy means for the jobs on nodes that are taken away. */
const strategies: Readonly<Record<string, string>> = {
  DRAIN: "once the jobs there have ended",
  TERMINATE: "at once, and queues the jobs there again",
  COMPUTE_FLEET_STOP: "once the fleet is stopped, while one of them runs",
};

/** The object of a cluster's bucket that tells its daemon which nodes there are. */
const fleetKey = /(^|\/)fleet\.json$/;

/**
 * The nodes that a change takes away from an HPC cluster, or makes machines of other types of, and what becomes of the
 * jobs there. Which of them run, and what they run, only the cluster knows: `meridian hpc status` tells.
 */
export function nodesTakenAway({ type, action, before, after }: ClassifiableChange): string[] {
  if (type !== "aws_s3_object" || action !== "update" || !fleetKey.test(String(before?.key))) {
    return [];
  }
  const [earlier, later] = [fleetOf(before?.content), fleetOf(after?.content)];
  if (earlier === undefined) {
    return [];
  }
  if (later === undefined) {
    return ["changes the nodes of the cluster to something that is known after the apply only"];
  }
  const strategy = strategies[later.strategy] ?? later.strategy;
  const kept = new Map(later.resources.map((resource) => [resource.place, resource]));
  return earlier.resources.flatMap((resource) => {
    const now = kept.get(resource.place);
    if (now !== undefined && now.types !== resource.types) {
      return [`makes ${allNodes(resource)} machines of other types, ${strategy} (${later.strategy})`];
    }
    const gone = [
      ...range(`${resource.queue}-st-${resource.name}`, now?.fixed ?? 0, resource.fixed),
      ...range(`${resource.queue}-dy-${resource.name}`, now?.dynamic ?? 0, resource.dynamic),
    ];
    return gone.length === 0 ? [] : [`takes away ${gone.join(", ")}, ${strategy} (${later.strategy})`];
  });
}

interface Resource {
  readonly place: string;
  readonly queue: string;
  readonly name: string;
  readonly fixed: number;
  readonly dynamic: number;
  readonly types: string;
}

function fleetOf(
  content: unknown,
): { readonly strategy: string; readonly resources: readonly Resource[] } | undefined {
  let fleet: unknown;
  try {
    fleet = JSON.parse(String(content));
  } catch {
    return undefined;
  }
  if (!isObject(fleet) || !isObject(fleet.queues)) {
    return undefined;
  }
  const resources = Object.entries(fleet.queues).flatMap(([queue, all]) =>
    Object.entries(isObject(all) ? all : {}).flatMap(([name, resource]): Resource[] =>
      isObject(resource)
        ? [
            {
              place: `${queue}/${name}`,
              queue,
              name,
              fixed: Number(resource.minCount),
              dynamic: Number(resource.maxCount) - Number(resource.minCount),
              types: JSON.stringify(resource.instanceTypes),
            },
          ]
        : [],
    ),
  );
  const { queueUpdateStrategy: strategy } = fleet;
  return { strategy: typeof strategy === "string" ? strategy : "COMPUTE_FLEET_STOP", resources };
}

function allNodes({ queue, name, fixed, dynamic }: Resource): string {
  return [...range(`${queue}-st-${name}`, 0, fixed), ...range(`${queue}-dy-${name}`, 0, dynamic)].join(", ");
}

/** The nodes above one count up to another, as Slurm writes them. */
function range(prefix: string, above: number, upTo: number): string[] {
  if (upTo <= above) {
    return [];
  }
  return [upTo === above + 1 ? `${prefix}-${upTo}` : `${prefix}-[${above + 1}-${upTo}]`];
}
