import { billedBy, billedKinds, type Action, type ClassifiableChange } from "../../../analysis/change";
import { billedChanges, billedText } from "../../../analysis/report/billing";
import { buildReport, parseReport, renderMarkdown, renderTerminal } from "../../../analysis/report";
import { structureProblems } from "../support/markdown-structure";

type Block = Readonly<Record<string, unknown>>;

function change(
  type: string,
  action: Action,
  before?: Block,
  after?: Block,
  paths: readonly string[] = [],
): ClassifiableChange {
  const attributes = paths.map((path) => ({ path }));
  return {
    address: `${type}.It`,
    type,
    action,
    attributes,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

const said = (it: ClassifiableChange): string[] =>
  billedBy(it).map(({ kind, effect }) => `${effect} ${kind}`);

describe("billedBy", () => {
  it.each([
    ["added", "create", undefined, {}],
    ["removed", "destroy", {}, undefined],
  ] as const)("says that a NAT gateway is %s", (effect, action, before, after) => {
    expect(said(change("aws_nat_gateway", action, before, after))).toEqual([`${effect} NAT gateways`]);
  });

  it("distinguishes interface endpoints from gateway endpoints, which cost nothing", () => {
    const endpoint = (type: string) =>
      said(change("aws_vpc_endpoint", "create", undefined, { vpc_endpoint_type: type }));

    expect(endpoint("Interface")).toEqual(["added interface endpoints"]);
    expect(endpoint("Gateway")).toEqual([]);
  });

  it("distinguishes health checks with options from plain ones, and notices added options", () => {
    const plain = { type: "HTTP", request_interval: 30 };
    const fast = { type: "HTTP", request_interval: 10 };
    const options = "health checks with options (fast, HTTPS, string matching, latency)";

    expect(said(change("aws_route53_health_check", "create", undefined, plain))).toEqual([
      "added health checks",
    ]);
    expect(
      said(change("aws_route53_health_check", "create", undefined, { type: "HTTPS_STR_MATCH" })),
    ).toEqual([`added ${options}`]);
    expect(said(change("aws_route53_health_check", "replace", plain, fast, ["request_interval"]))).toEqual([
      "removed health checks",
      `added ${options}`,
    ]);
  });

  it("distinguishes machines with accelerators from others", () => {
    const machine = (instance_type: string) =>
      said(change("aws_instance", "create", undefined, { instance_type }));

    expect(machine("p5.48xlarge")).toEqual(["added instances with GPUs or other accelerators"]);
    expect(machine("c7i.large")).toEqual(["added instances"]);
  });

  it("sees sizes change in place", () => {
    const block = { cpu: "256" };

    expect(said(change("aws_ecs_task_definition", "replace", block, { cpu: "512" }, ["cpu"]))).toEqual([
      "resized tasks' sizes on Fargate",
    ]);
    expect(said(change("aws_nat_gateway", "update", {}, {}, ["tags.Name"]))).toEqual([]);
    expect(said(change("aws_nat_gateway", "replace", {}, {}, ["subnet_id"]))).toEqual([]);
  });

  it("says nothing of what is billed for use alone, of moves and of imports", () => {
    expect(said(change("aws_s3_bucket", "create", undefined, {}))).toEqual([]);
    expect(said(change("aws_nat_gateway", "import", {}, {}))).toEqual([]);
    expect(said(change("aws_nat_gateway", "move", {}, {}))).toEqual([]);
  });

  it("knows each kind once, and a page of AWS for each", () => {
    expect(new Set(billedKinds.map(({ name }) => name)).size).toBe(billedKinds.length);
    for (const { pricing } of billedKinds) {
      expect(pricing).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+\/$/);
    }
  });
});

describe("a report on what is billed for standing", () => {
  const planned = (address: string, actions: string[], before: unknown, after: unknown) => ({
    address,
    type: address.split(".")[0] ?? "",
    change: { actions, before, after },
  });
  const nat = (id: string) => planned(`aws_nat_gateway.${id}`, ["create"], null, {});
  const report = buildReport({
    environment: "prod",
    stacks: [
      {
        name: "prod-eu",
        plan: { resource_changes: [nat("A"), nat("B"), planned("aws_kms_key.K", ["delete"], {}, null)] },
      },
      { name: "prod-us", plan: { resource_changes: [nat("A"), planned("aws_lb.L", ["create"], null, {})] } },
    ],
  });

  it("counts each kind over all stacks, what usually costs most first", () => {
    expect(billedChanges(report).map((each) => `${billedText(each)} in ${each.stacks.join(" ")}`)).toEqual([
      "NAT gateways: 3 added in prod-eu prod-us",
      "load balancers: 1 added in prod-us",
      "KMS keys: 1 removed in prod-eu",
    ]);
  });

  it("names them with AWS's pages of prices on the terminal and on pull requests", () => {
    const markdown = renderMarkdown([report]);

    expect(renderTerminal(report, { colour: false })).toContain(
      "Billed by the hour or month, what usually costs most first\n  NAT gateways: 3 added (https://aws.amazon.com/vpc/pricing/)\n",
    );
    expect(markdown).toContain(
      "### Billed by the hour or month (3)\n\nWhat usually costs most comes first; traffic, requests and storage come on top.\n\n- NAT gateways: 3 added in `prod-eu`, `prod-us` ([prices](https://aws.amazon.com/vpc/pricing/))\n",
    );
    expect(structureProblems(markdown)).toEqual([]);
  });

  it("survives being kept as JSON, and takes no kind from there that it does not know", () => {
    const kept = JSON.parse(JSON.stringify(report)) as {
      stacks: { changes: { billed?: { kind: string }[] }[] }[];
    };
    expect(parseReport(kept)).toEqual(report);

    const billed = kept.stacks[0]?.changes[0]?.billed?.[0];
    Object.assign(billed ?? {}, { kind: "[here](https://example.com)" });
    expect(renderMarkdown([parseReport(kept) as typeof report])).not.toContain("example.com");
  });
});
