import type { Configuration } from "../../../cli/stacks/manifest";
import { importIdOf } from "../../../cli/runs/import-ids";

describe("importIdOf", () => {
  const configuration = {
    resource: {
      aws_vpc: { Main: {} },
      aws_route_table_association: {
        A: { subnet_id: "${aws_subnet.A.id}", route_table_id: "${aws_route_table.A.id}" },
        B: { subnet_id: "${aws_subnet.B.id}", route_table_id: "${aws_route_table.A.id}" },
      },
      aws_iam_role_policy_attachment: {
        Read: { role: "tasks", policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      },
      aws_ecs_service: { Web: { name: "web" } },
      aws_wafv2_web_acl: { Main: { name: "main", scope: "REGIONAL" } },
    },
  } as unknown as Configuration;
  const known: Record<string, Record<string, unknown>> = {
    "aws_subnet.A": { id: "subnet-1" },
    "aws_route_table.A": { id: "rtb-1" },
  };

  it.each([
    ["aws_vpc.Main", "vpc-1", "vpc-1"],
    ["aws_route_table_association.A", "rtbassoc-1", "subnet-1/rtb-1"],
    ["aws_route_table_association.B", "rtbassoc-2", "rtbassoc-2"],
    ["aws_iam_role_policy_attachment.Read", "tasks-1", "tasks/arn:aws:iam::aws:policy/ReadOnlyAccess"],
    ["aws_ecs_service.Web", "arn:aws:ecs:eu-west-1:111122223333:service/main/web", "main/web"],
    ["aws_wafv2_web_acl.Main", "a1", "a1/main/REGIONAL"],
    ["aws_unknown.Thing", "x", "x"],
  ])("imports %s, made as %s, under %s", (address, id, expected) => {
    expect(importIdOf({ address, key: "id", id }, configuration, (name) => known[name])).toBe(expected);
  });
});
