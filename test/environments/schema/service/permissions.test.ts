import { check, refusals, sampleService } from "../../sample";

const path = "environments/sample.ts: 'services.web.permissions";
const queue = "arn:aws:sqs:{region}:111122223333:orders";

describe("checkPermissions", () => {
  it.each([
    { actions: ["sqs:*"], resources: [queue] },
    { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::inbox-{region}/*"] },
    { actions: ["cloudwatch:PutMetricData"], resources: ["*"] },
    { actions: ["ec2:*"], resources: ["*"], conditions: { StringEquals: { "aws:ResourceTag/team": "web" } } },
  ])("takes %j", (permission) => {
    expect(check(sampleService({ permissions: [permission] }))).toHaveLength(1);
  });

  it("refuses what allows nothing", () => {
    expect(refusals(sampleService({ permissions: [{ actions: [], resources: [queue] }] }))).toEqual([
      `${path}.0.actions' must name at least one, got []; name it, or remove the permission`,
    ]);
  });

  it("refuses all of a service on everything", () => {
    expect(refusals(sampleService({ permissions: [{ actions: ["s3:*"], resources: ["*"] }] }))).toEqual([
      `${path}.0.actions' must not allow all that a service of AWS can do on everything, got "s3:*"; ` +
        "name the actions that are called, or the resources that are theirs",
    ]);
  });

  it("refuses actions and resources that are none", () => {
    expect(
      refusals(
        sampleService({ permissions: [{ actions: ["*"], resources: ["orders", "arn:aws:s3:::${env}"] }] }),
      ),
    ).toEqual([
      `${path}.0.actions.0' must be a service and an action of IAM, got "*"; write it like "sqs:SendMessage", ` +
        "and name the service",
      `${path}.0.resources.0' must be an ARN, or '*', got "orders"; write it like "arn:aws:sqs:{region}:111122223333:orders"`,
      `${path}.0.resources.1' must be an ARN, or '*', got "arn:aws:s3:::\${env}"; ` +
        'write it like "arn:aws:sqs:{region}:111122223333:orders"',
    ]);
  });
});
