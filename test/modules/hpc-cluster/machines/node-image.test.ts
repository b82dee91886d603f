import { HpcCluster, parseClusterFile } from "../../../../modules/hpc-cluster";
import { dataOf, emptyStack, resourceAt } from "../../../support/synth";
import { slurmFile } from "../files";

function stackOf(file: string) {
  const stack = emptyStack();
  const props = { name: "demo", account: "111122223333", region: "eu-west-1", configurationFile: file };
  new HpcCluster(stack, "Cluster", props);
  return stack;
}

const loginPool =
  "LoginNodes:\n  Pools:\n    - Name: login\n      InstanceType: c5.large\n      Count: 1\n      Networking: {SubnetIds: [subnet-11111111111111111]}";
const template = "Cluster/Slurm/Resource-q1-cr1/Resource";
const image = "data.aws_ami.Cluster_Slurm_Image-0_9A389F63";

describe("the image that nodes boot", () => {
  it("says what its root device is called", () => {
    const custom = slurmFile({ queue: "Image: {CustomAmi: ami-0123456789abcdef0}" });
    const stack = stackOf(custom);

    const { block_device_mappings: [volume] = [] } = resourceAt(stack, "aws_launch_template", template) as {
      block_device_mappings?: { device_name: string }[];
    };
    const [, id = ""] =
      /^\$\{data\.aws_ami\.([\w-]+)\.root_device_name\}$/.exec(volume?.device_name ?? "") ?? [];
    expect(dataOf(stack, "aws_ami")[id]).toEqual({
      filter: [{ name: "image-id", values: ["ami-0123456789abcdef0"] }],
      include_deprecated: true,
    });
  });

  it.each([
    ["aws_launch_template", template, "RootVolume.Size of the queue q1 is 20 GiB"],
    ["aws_instance", "Cluster/Slurm/HeadNode/Resource", "HeadNode.LocalStorage.RootVolume.Size is 30 GiB"],
  ])("refuses a smaller root volume of %s when the plan is made", (type, path, words) => {
    const stack = stackOf(
      slurmFile({
        queue: "ComputeSettings: {LocalStorage: {RootVolume: {Size: 20}}}",
        head: "LocalStorage: {RootVolume: {Size: 30}}",
      }),
    );

    const { lifecycle } = resourceAt(stack, type, path) as {
      lifecycle: { precondition: { condition: string; error_message: string }[] };
    };
    const own = `coalesce(one([for device in ${image}.block_device_mappings : tonumber(device.ebs.volume_size) if device.device_name == ${image}.root_device_name]), 0)`;
    expect(lifecycle.precondition).toEqual([
      {
        condition: `\${${own} <= ${/\d+/.exec(words.slice(-6))?.[0]}}`,
        error_message: `${words}, and the image \${data.aws_ssm_parameter.Cluster_Slurm_StockImage_DD7FF1DF.insecure_value} needs \${${own}}; raise it`,
      },
    ]);
  });

  it("makes the volumes of login nodes as large as it needs, for which the file has no key", () => {
    const { block_device_mappings: [volume] = [] } = resourceAt(
      stackOf(slurmFile({ rest: loginPool })),
      "aws_launch_template",
      "Cluster/Slurm/Login-login/Template",
    ) as { block_device_mappings?: { ebs: { volume_size: string } }[] };

    expect(volume?.ebs.volume_size).toMatch(/^\$\{max\(50, coalesce\(one\(/);
  });
});

describe("AmiSearchFilters", () => {
  const searched = (filters: string) =>
    Object.values(
      dataOf(stackOf(slurmFile({ rest: `DevSettings:\n  AmiSearchFilters: ${filters}` })), "aws_ami"),
    );

  it("finds the newest image with these tags, of the account itself where no owner is named", () => {
    expect(searched("{Tags: [{Key: stage, Value: tested}]}")).toContainEqual({
      most_recent: true,
      owners: ["self"],
      filter: [
        { name: "architecture", values: ["x86_64"] },
        { name: "tag:stage", values: ["tested"] },
      ],
    });
  });

  it("finds the newest image of an owner", () => {
    expect(searched("{Owner: '444455556666'}")).toContainEqual({
      most_recent: true,
      owners: ["444455556666"],
      filter: [{ name: "architecture", values: ["x86_64"] }],
    });
  });

  it("lets systems be that have no stock image", () => {
    const file = slurmFile({ rest: "DevSettings: {AmiSearchFilters: {Owner: self}}" }).replace(
      "alinux2023",
      "ubuntu2004",
    );

    const { findings } = parseClusterFile(file, "cluster.yaml");
    expect(findings.filter(({ level }) => level === "ERROR")).toEqual([]);
  });
});
