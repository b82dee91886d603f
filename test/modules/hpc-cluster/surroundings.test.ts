import { HpcCluster, parseClusterFile } from "../../../modules/hpc-cluster";
import { emptyStack, resourceAt, resourcesOf } from "../../support/synth";

const network = `Image: { Os: alinux2023 }
HeadNode: { InstanceType: c5.xlarge, Ssh: { KeyName: hpc, AllowedIps: 10.0.0.0/8 } }
Scheduling:
  Scheduler: slurm
  SlurmQueues: [{ Name: all, ComputeResources: [{ Name: c5, InstanceType: c5.large }] }]
SharedStorage:
  - Name: fsx
    MountDir: /fsx
    StorageType: FsxLustre
    FsxLustreSettings:
      StorageCapacity: 1200
      DataRepositoryAssociations: [{ Name: in, FileSystemPath: /in, DataRepositoryPath: "s3://data/in" }]
Meridian:
`;

function stackOf(meridian: string) {
  const stack = emptyStack();
  const configurationFile = network + meridian;
  new HpcCluster(stack, "Cluster", {
    name: "demo",
    account: "111122223333",
    region: "eu-west-1",
    configurationFile,
  });
  return stack;
}

const errorsOf = (text: string, hasNetwork = false) =>
  parseClusterFile(text, "cluster.yaml", { hasNetwork })
    .findings.filter(({ level }) => level === "ERROR")
    .map(({ line, code, message, remedy }) => `${line} ${code}: ${message}; ${remedy}`);

describe("what surrounds a cluster", () => {
  it("is nothing by default", () => {
    const stack = stackOf("  Zone: eu-west-1a\n");

    for (const type of ["aws_budgets_budget", "aws_datasync_task", "aws_dx_gateway_association"]) {
      expect(resourcesOf(stack, type)).toEqual({});
    }
  });

  it("counts the costs that carry the cluster's name against a monthly budget", () => {
    const stack = stackOf(
      "  Budget: { MonthlyUsd: 500, AlertPercentages: [90], Emails: [hpc@example.com] }\n",
    );

    expect(resourceAt(stack, "aws_budgets_budget")).toMatchObject({
      limit_amount: "500.0",
      time_unit: "MONTHLY",
      cost_filter: [{ name: "TagKeyValue", values: ["user:meridian:cluster$demo"] }],
      notification: [{ threshold: 90, subscriber_email_addresses: ["hpc@example.com"] }],
    });
  });

  it("fills a data repository from another bucket, which it may read and not write", () => {
    const stack = stackOf(
      "  DataTransfers: [{ Name: raw, Association: in, S3Path: s3://raw/new, Schedule: rate(1 day) }]\n",
    );
    const policy = resourceAt(stack, "aws_iam_role_policy", "Cluster/Transfer-raw/RolePolicy");
    const { Statement } = JSON.parse(String(policy.policy)) as {
      Statement: { Action: string[]; Resource: string }[];
    };

    expect(resourceAt(stack, "aws_datasync_task")).toMatchObject({
      name: "demo-raw",
      schedule: { schedule_expression: "rate(1 day)" },
    });
    expect(
      Statement.filter(({ Action }) => Action.includes("s3:PutObject")).map(({ Resource }) => Resource),
    ).toEqual(["arn:aws:s3:::data/in/*"]);
    expect(Statement.map(({ Resource }) => Resource)).toContain("arn:aws:s3:::raw/new/*");
  });

  it("attaches the module's network to a Direct Connect gateway and learns its routes", () => {
    const stack = stackOf("  DirectConnectGatewayId: 11111111-2222-3333-4444-555555555555\n");

    expect(resourceAt(stack, "aws_dx_gateway_association")).toMatchObject({
      dx_gateway_id: "11111111-2222-3333-4444-555555555555",
      allowed_prefixes: ["10.128.0.0/16"],
    });
    expect(Object.keys(resourcesOf(stack, "aws_vpn_gateway_route_propagation"))).toHaveLength(1);
  });

  it("refuses a Direct Connect gateway for a network that exists", () => {
    const file = `${network}  DirectConnectGatewayId: 11111111-2222-3333-4444-555555555555\n`;

    expect(errorsOf(file, true)).toEqual([
      "14 DirectConnectNetwork: a Direct Connect gateway is attached to the network that the module makes, " +
        "and this cluster is in a network that exists; remove it and attach that network itself, or remove the subnets",
    ]);
  });

  it("refuses transfers without a source, of one name, and into no association", () => {
    const file = `${network}  DataTransfers:\n    - { Name: a, Association: in }\n    - { Name: a, Association: out, S3Path: s3://raw }\n`;

    expect(errorsOf(file)).toEqual([
      "14 DataTransfers: 'a' names two data transfers; rename one of them",
      "15 DataTransfers: a data transfer has one source, Nfs or S3Path; give exactly one of the two",
      "16 DataTransfers: 'out' is not a data repository association of this file; name one of in",
    ]);
  });
});
