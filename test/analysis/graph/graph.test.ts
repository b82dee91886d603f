import { blockagesOf, downstreamOf, stackGraph, upstreamOf, wavesOf } from "../../../analysis/graph";

const backend = (key: string) => ({ s3: { bucket: "states", key, region: "eu-west-1", encrypt: true } });
const remote = (key: string) => ({ backend: "s3", config: { bucket: "states", key, region: "eu-west-1" } });

const output = {
  foundation: { terraform: { backend: backend("foundation") }, output: { ZoneId: { value: "1" } } },
  west: {
    terraform: { backend: backend("west") },
    data: { terraform_remote_state: { F: remote("foundation") } },
    resource: { aws_route53_record: { R: { zone_id: "${data.terraform_remote_state.F.outputs.ZoneId}" } } },
  },
  edge: {
    terraform: { backend: backend("edge") },
    data: { terraform_remote_state: { W: remote("west"), X: remote("nobody") } },
    locals: {
      a: '${data.terraform_remote_state.W.outputs["Alb-Arn"]}',
      b: "${data.terraform_remote_state.W.outputs.Zone}",
    },
  },
  hpc: { terraform: { backend: backend("hpc") } },
};

const graph = stackGraph(output, { hpc: ["foundation"] });

describe("The graph of stacks", () => {
  it("is read from who reads whose outputs", () => {
    expect(graph.references).toEqual([
      { from: "edge", to: "west", outputs: ["Alb-Arn", "Zone"] },
      { from: "hpc", to: "foundation", outputs: [] },
      { from: "west", to: "foundation", outputs: ["ZoneId"] },
    ]);
  });

  it("says what is downstream and upstream", () => {
    expect(downstreamOf(graph, ["west"])).toEqual(["edge", "west"]);
    expect(downstreamOf(graph, ["foundation"])).toEqual(["edge", "foundation", "hpc", "west"]);
    expect(upstreamOf(graph, ["edge"])).toEqual(["edge", "foundation", "west"]);
    expect(downstreamOf(graph, [])).toEqual([]);
  });

  it("falls into waves", () => {
    expect(wavesOf(graph)).toEqual([["foundation"], ["hpc", "west"], ["edge"]]);
    expect(wavesOf(graph, ["edge", "foundation"])).toEqual([["edge", "foundation"]]);
  });

  it("refuses a circle", () => {
    const circle = {
      stacks: ["a", "b"],
      references: [
        { from: "a", to: "b", outputs: [] },
        { from: "b", to: "a", outputs: [] },
      ],
    };
    expect(() => wavesOf(circle)).toThrow(
      "stacks read each other in a circle: a, b; break it with a deterministic name",
    );
  });

  it("says which stacks wait for outputs that no state has", () => {
    expect(blockagesOf(graph, ["edge", "west"], { foundation: ["ZoneId"], west: ["Zone"] })).toEqual([
      { stack: "edge", missing: { west: ["Alb-Arn"] } },
    ]);
    expect(blockagesOf(graph, ["hpc"], {})).toEqual([]);
  });
});
