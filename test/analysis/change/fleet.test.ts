import { classify } from "../../../analysis/change/classify";
import type { ClassifiableChange } from "../../../analysis/change/change";

const resource = (minCount: number, maxCount: number, ...instanceTypes: string[]) => ({
  minCount,
  maxCount,
  instanceTypes: instanceTypes.length === 0 ? ["c5.large"] : instanceTypes,
});

const standing = { q1: { cr1: resource(1, 5), cr2: resource(0, 2) }, mpi: { p5: resource(2, 2) } };

/** What the report says of a cluster's change. */
function findings(
  queues: object | undefined,
  queueUpdateStrategy?: string,
  changes: Partial<ClassifiableChange> = {},
) {
  const key = "clusters/dev-cfd/fleet.json";
  const after =
    queues === undefined ? { key } : { key, content: JSON.stringify({ queues, queueUpdateStrategy }) };
  return classify({
    type: "aws_s3_object",
    action: "update",
    attributes: [{ path: "content" }],
    before: { key, content: JSON.stringify({ queues: standing }) },
    after,
    ...changes,
  } as ClassifiableChange).findings;
}

const destructive = (summary: string) => ({ risk: "destructive", summary });

describe("a change of the nodes of an HPC cluster", () => {
  it("names the nodes that it takes away and what becomes of their jobs", () => {
    expect(findings({ q1: { cr1: resource(0, 2), cr2: resource(0, 1) } }, "DRAIN")).toEqual([
      destructive("takes away q1-st-cr1-1, q1-dy-cr1-[3-4], once the jobs there have ended (DRAIN)"),
      destructive("takes away q1-dy-cr2-2, once the jobs there have ended (DRAIN)"),
      destructive("takes away mpi-st-p5-[1-2], once the jobs there have ended (DRAIN)"),
    ]);
  });

  it("names the nodes that it gives other types", () => {
    const queues = { ...standing, q1: { ...standing.q1, cr2: resource(0, 2, "c7i.large") } };

    expect(findings(queues, "TERMINATE")).toEqual([
      destructive(
        "makes q1-dy-cr2-[1-2] machines of other types, at once, and queues the jobs there again (TERMINATE)",
      ),
    ]);
  });

  it("waits by default until the fleet is stopped", () => {
    expect(findings({ q1: standing.q1 })).toEqual([
      destructive(
        "takes away mpi-st-p5-[1-2], once the fleet is stopped, while one of them runs (COMPUTE_FLEET_STOP)",
      ),
    ]);
  });

  it("says that nodes cannot be compared where the plan does not know them", () => {
    expect(findings(undefined)).toEqual([
      destructive("changes the nodes of the cluster to something that is known after the apply only"),
    ]);
  });

  it("says nothing of more nodes, of other objects, and of what is no fleet", () => {
    const other = { key: "clusters/dev-cfd/slurm/slurm.conf", content: "ClusterName=dev" };

    expect(findings({ ...standing, more: { cr1: resource(0, 9) } })).toEqual([]);
    expect(findings({}, "DRAIN", { before: other, after: other })).toEqual([]);
    expect(findings({}, "DRAIN", { before: { ...other, key: "a/fleet.json" } })).toEqual([]);
  });
});
