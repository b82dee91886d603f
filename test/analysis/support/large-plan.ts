import type { TerraformPlanJson } from "../../../analysis/plan";

/**
 * A plan of about so many megabytes of JSON: resources with policies, container definitions and user
 * data, every tenth of them with a secret that others repeat. The same number gives the same plan.
 */
export function largePlan(megabytes: number): TerraformPlanJson {
  const resources = [];
  let size = 0;
  for (let index = 0; size < megabytes * 1_000_000; index += 1) {
    const resource = largeResource(index);
    size += JSON.stringify(resource).length + 1;
    resources.push(resource);
  }
  return { format_version: "1.2", terraform_version: "1.11.4", resource_changes: resources };
}

const types = [
  "aws_s3_bucket",
  "aws_iam_role_policy",
  "aws_ecs_task_definition",
  "aws_vpc_security_group_ingress_rule",
  "aws_route53_record",
  "aws_cloudwatch_metric_alarm",
];
const actions = [["create"], ["update"], ["delete", "create"], ["delete"]];

function largeResource(index: number) {
  const type = types[index % types.length] ?? "aws_s3_bucket";
  const change = actions[index % actions.length] ?? ["update"];
  return {
    address: `${type}.Service_${index}_A1B2C3D4`,
    mode: "managed",
    type,
    name: `Service_${index}_A1B2C3D4`,
    change: {
      actions: change,
      before: change[0] === "create" ? null : largeBody(index, "before"),
      after: change.length === 1 && change[0] === "delete" ? null : largeBody(index, "after"),
      after_unknown: { arn: true, id: true },
      before_sensitive: index % 10 === 0 ? { secret: true } : {},
      after_sensitive: index % 10 === 0 ? { secret: true } : {},
      replace_paths: change.length === 2 ? [["name"]] : [],
    },
  };
}

function largeBody(index: number, version: string) {
  return {
    name: `service-${index}-${version}`,
    secret: `secret-of-service-${index - (index % 10)}`,
    cidr_ipv4: version === "before" ? "10.0.0.0/8" : "0.0.0.0/0",
    ip_protocol: "tcp",
    from_port: 443,
    to_port: 443,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: Array.from({ length: 6 }, (_none, statement) => ({
        Sid: `Statement${statement}`,
        Effect: "Allow",
        Action: version === "before" ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"],
        Resource: [`arn:aws:s3:::bucket-${index}-${statement}/*`],
      })),
    }),
    user_data: `#!/bin/sh\n${`echo ${version} line of a script that is as long as scripts are\n`.repeat(20)}`,
    tags: { Name: `service-${index}`, Version: version, Owner: "platform" },
    subnet_ids: ["subnet-1", "subnet-2", "subnet-3"],
  };
}
