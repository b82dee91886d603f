import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { TerraformStack } from "cdktf";

import { HpcCluster } from "../../../../modules/hpc-cluster";
import { emptyStack, resourcesOf, resourceAt } from "../../../support/synth";
import { batchFile, slurmFile } from "../files";

/**
 * What the roles of a cluster's machines may do, asked of a simulator of IAM with the policies that Terraform would attach:
 * whoever gets hold of a machine's credentials gets this much.
 */

const account = "111122223333";
const region = "eu-west-1";
const base = { name: "demo", account, region };
const munge = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:munge-AbCdEf";
const database = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:database-AbCdEf";

const directory = "arn:aws:ssm:eu-west-1:111122223333:parameter/directory/password";

const file = slurmFile({
  settings: `MungeKeySecretArn: ${munge}\nDatabase: { Uri: "db:3306", UserName: slurm, PasswordSecretArn: ${database} }`,
  queue: "Image: { CustomAmi: ami-0123456789abcdef0 }",
  rest: `DirectoryService: { DomainName: corp.example.com, DomainAddr: "ldaps://ad", DomainReadOnlyUser: cn=r, PasswordSecretArn: "${directory}" }\nLoginNodes:\n  Pools:\n    - Name: login\n      InstanceType: c5.large\n      Count: 1\n      Networking:\n        SubnetIds: [subnet-11111111111111111]`,
});

const stacks = new Map<string, TerraformStack>();

function stackOf(text: string): TerraformStack {
  const stack = stacks.get(text) ?? emptyStack();
  if (!stacks.has(text)) {
    new HpcCluster(stack, "Cluster", { ...base, configurationFile: text });
    stacks.set(text, stack);
  }
  return stack;
}

/** Text in which what Terraform knows later stands as a name; the ARN of a role as an ARN. */
function known(text: unknown): string {
  return (text as string)
    .replace(/\$\{aws_iam_role\.([\w-]+)\.arn\}/g, `arn:aws:iam::${account}:role/$1`)
    .replace(/\$\{([^}]+)\}/g, (_, name: string) => `known-${name.replace(/[^\w-]/g, "-")}`);
}

const policies = new Map<string, unknown>();

function policyOf(role: keyof typeof roles): unknown {
  const [text, path] = roles[role];
  if (!policies.has(role)) {
    const { policy } = resourceAt(stackOf(text), "aws_iam_role_policy", path);
    policies.set(role, JSON.parse(known(policy)));
  }
  return policies.get(role);
}

interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

const roles = {
  head: [file, "Cluster/Slurm/HeadRole/Policy"],
  compute: [file, "Cluster/Slurm/Role-q1/Policy"],
  login: [file, "Cluster/Slurm/LoginRole-login/Policy"],
  batch: [batchFile(), "Cluster/Batch/MachineRole/Policy"],
} as const;

async function allows(
  role: keyof typeof roles,
  { action, resource, context = {} }: Request,
): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        action,
        principal: `arn:aws:iam::${account}:role/node`,
        resource: { resource, accountId: account },
        contextVariables: { ...context },
      },
      identityPolicies: [{ name: "cluster", policy: policyOf(role) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === "error") {
    throw new Error(JSON.stringify(answer.errors));
  }
  return answer.overallResult === "Allowed";
}

const ec2 = (kind: string, id: string) => `arn:aws:ec2:${region}:${account}:${kind}/${id}`;
const template = ec2("launch-template", "lt-0123456789abcdef0");

function groupOfTemplate(): string {
  const { network_interfaces: interfaces } = resourceAt(
    stackOf(file),
    "aws_launch_template",
    "Cluster/Slurm/Resource-q1-cr1/Resource",
  );
  return known((interfaces as { security_groups: string[] }[])[0]?.security_groups[0]);
}

/** One launch asks for each thing that it uses. All that the cluster's own template names, and what EC2 makes. */
const launch = {
  image: `arn:aws:ec2:${region}::image/ami-0123456789abcdef0`,
  instance: ec2("instance", "*"),
  "network-interface": ec2("network-interface", "*"),
  volume: ec2("volume", "*"),
  subnet: ec2("subnet", "subnet-22222222222222222"),
  "security-group": ec2("security-group", groupOfTemplate()),
  "key-pair": ec2("key-pair", "hpc"),
  "launch-template": template,
};

interface Launch {
  readonly changes?: Partial<typeof launch>;
  readonly from?: "own" | "another's" | "none";
}

/** What of a launch is refused; an empty list is a launch. */
async function refusedOf(
  role: keyof typeof roles,
  { changes = {}, from = "own" }: Launch,
): Promise<string[]> {
  const parts = Object.entries({ ...launch, ...changes }).filter(
    ([kind]) => from !== "none" || kind !== "launch-template",
  );
  const context: Record<string, string> = from === "none" ? {} : { "ec2:LaunchTemplate": template };
  const tag = { "aws:ResourceTag/meridian:cluster": from === "own" ? "demo" : "other" };
  const refused = await Promise.all(
    parts.map(async ([kind, resource]) => {
      const more = kind === "launch-template" ? { ...context, ...tag } : context;
      return (await allows(role, { action: "ec2:RunInstances", resource, context: more })) ? [] : [kind];
    }),
  );
  return refused.flat().sort();
}

const machines = ["compute", "login", "batch"] as const;

describe.each(machines)("the role of a %s machine", (role) => {
  it.each([
    ["reads the munge key", { action: "secretsmanager:GetSecretValue", resource: munge }],
    ["reads the directory's password", { action: "ssm:GetParameter", resource: directory }],
    ["reads the database's password", { action: "secretsmanager:GetSecretValue", resource: database }],
    [
      "reads a parameter",
      {
        action: "ssm:GetParameter",
        resource: `arn:aws:ssm:${region}:${account}:parameter/database-password`,
      },
    ],
    [
      "reads the parameters of the CloudWatch agent",
      {
        action: "ssm:GetParameter",
        resource: `arn:aws:ssm:${region}:${account}:parameter/AmazonCloudWatch-agent`,
      },
    ],
    [
      "reads several parameters",
      {
        action: "ssm:GetParameters",
        resource: `arn:aws:ssm:${region}:${account}:parameter/database-password`,
      },
    ],
    ["hands over a role", { action: "iam:PassRole", resource: `arn:aws:iam::${account}:role/admin` }],
    [
      "ends the head node",
      { action: "ec2:TerminateInstances", resource: ec2("instance", "i-0123456789abcdef0") },
    ],
    ["reads another object", { action: "s3:GetObject", resource: "arn:aws:s3:::other-bucket/file" }],
  ] satisfies [string, Request][])("never %s", async (_what, request) => {
    expect(await allows(role, request)).toBe(false);
  });

  it("launches nothing, with the cluster's templates or without", async () => {
    expect(await refusedOf(role, {})).toEqual(Object.keys(launch).sort());
    expect(await refusedOf(role, { from: "none" })).toHaveLength(Object.keys(launch).length - 1);
  });

  it("opens sessions", async () => {
    expect(await allows(role, { action: "ssmmessages:OpenDataChannel", resource: "*" })).toBe(true);
  });
});

describe("the role of the head node", () => {
  it("reads its secrets, and no other parameter", async () => {
    expect(await allows("head", { action: "ssm:GetParameter", resource: directory })).toBe(true);
    expect(await allows("head", { action: "secretsmanager:GetSecretValue", resource: munge })).toBe(true);
    expect(await allows("head", { action: "secretsmanager:GetSecretValue", resource: database })).toBe(true);
    expect(
      await allows("head", {
        action: "secretsmanager:GetSecretValue",
        resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-AbCdEf",
      }),
    ).toBe(false);
    expect(
      await allows("head", {
        action: "ssm:GetParameter",
        resource: `arn:aws:ssm:${region}:${account}:parameter/database-password`,
      }),
    ).toBe(false);
  });

  it("launches from the cluster's templates", async () => {
    expect(await refusedOf("head", {})).toEqual([]);
  });

  it("launches nothing without a template", async () => {
    expect(await refusedOf("head", { from: "none" })).toEqual(
      Object.keys(launch)
        .filter((kind) => kind !== "launch-template")
        .sort(),
    );
  });

  it("launches nothing from another's template", async () => {
    expect(await refusedOf("head", { from: "another's" })).toEqual(["launch-template"]);
  });

  it.each([
    ["image", `arn:aws:ec2:${region}::image/ami-99999999999999999`],
    ["subnet", ec2("subnet", "subnet-99999999999999999")],
    ["security-group", ec2("security-group", "sg-99999999999999999")],
    ["key-pair", ec2("key-pair", "another")],
  ])("launches nothing with another %s than the template's", async (kind, resource) => {
    expect(await refusedOf("head", { changes: { [kind]: resource } })).toEqual([kind]);
  });

  it("asks for fleets of the cluster's templates, images and subnets only", async () => {
    const fleet = (resource: string, context = {}) =>
      allows("head", { action: "ec2:CreateFleet", resource, context });
    const tag = (cluster: string) => ({ "aws:ResourceTag/meridian:cluster": cluster });

    expect(await fleet(ec2("fleet", "*"))).toBe(true);
    expect(await fleet(ec2("instance", "*"))).toBe(true);
    expect(await fleet(launch.subnet)).toBe(true);
    expect(await fleet(template, tag("demo"))).toBe(true);
    expect(await fleet(template, tag("other"))).toBe(false);
    expect(await fleet(template)).toBe(false);
    expect(await fleet(ec2("subnet", "subnet-99999999999999999"))).toBe(false);
  });

  it("hands over the roles of its queues, to EC2 only", async () => {
    const hand = (resource: string, service: string) =>
      allows("head", { action: "iam:PassRole", resource, context: { "iam:PassedToService": service } });
    const { Statement } = policyOf("head") as {
      Statement: { Sid: string; Resource: string[] }[];
    };
    const [own = ""] = Statement.find(({ Sid }) => Sid === "HandOverRoles")?.Resource ?? [];

    expect(own).toMatch(/role\/.*Role-q1/);
    expect(await hand(own, "ec2.amazonaws.com")).toBe(true);
    expect(await hand(own, "lambda.amazonaws.com")).toBe(false);
    expect(await hand(`arn:aws:iam::${account}:role/admin`, "ec2.amazonaws.com")).toBe(false);
  });

  it("ends instances of its own cluster only", async () => {
    const end = (cluster: string) =>
      allows("head", {
        action: "ec2:TerminateInstances",
        resource: ec2("instance", "i-0123456789abcdef0"),
        context: { "ec2:ResourceTag/meridian:cluster": cluster },
      });

    expect(await end("demo")).toBe(true);
    expect(await end("other")).toBe(false);
  });
});

describe("a cluster's roles", () => {
  it("have no managed policy that reads parameters", () => {
    const attached = [file, batchFile()].flatMap((text) =>
      Object.values(resourcesOf(stackOf(text), "aws_iam_role_policy_attachment")).map(
        ({ policy_arn: arn }) => arn,
      ),
    );

    expect(attached).toEqual(["arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"]);
  });

  it("stay below the 10,240 characters of a role's own policies in a cluster of many resources", () => {
    const resources = Array.from(
      { length: 50 },
      (_, index) => `        - { Name: r${index}, InstanceType: c5.large }`,
    );
    const text = slurmFile()
      .replace("        - Name: cr1\n          InstanceType: c5.large", resources.join("\n"))
      .replace("c5.xlarge", "c5.4xlarge");
    const { policy } = resourceAt(stackOf(text), "aws_iam_role_policy", "Cluster/Slurm/HeadRole/Policy");

    expect((policy as string).replace(/\s/g, "").length).toBeLessThan(6000);
  });

  it("tag their templates, by which launching knows them", () => {
    expect(
      resourceAt(stackOf(file), "aws_launch_template", "Cluster/Slurm/Resource-q1-cr1/Resource").tags,
    ).toEqual({
      "meridian:cluster": "demo",
    });
  });
});
