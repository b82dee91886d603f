import { CrossAccountAttachment } from "../../../modules/global-accelerator";
import { emptyStack, refusal, resourceAt } from "../../support/synth";
import { resolve } from "../dns/resolve";

const endpoint = {
  region: "eu-west-1",
  endpointId: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1",
};

describe("CrossAccountAttachment", () => {
  it("lets accounts and accelerators use the endpoints of this account", () => {
    const stack = emptyStack();
    const accelerator = "arn:aws:globalaccelerator::444455556666:accelerator/1";

    const attachment = new CrossAccountAttachment(stack, "Attachment", {
      name: "prod-web",
      principals: [accelerator, "444455556666"],
      endpoints: [endpoint],
    });

    expect(resourceAt(stack, "aws_globalaccelerator_cross_account_attachment")).toEqual({
      name: "prod-web",
      principals: ["444455556666", accelerator],
      resource: [{ endpoint_id: endpoint.endpointId, region: "eu-west-1" }],
    });
    expect(resolve(stack, attachment.attachmentArn)).toBe(
      "${aws_globalaccelerator_cross_account_attachment.Attachment_D14E12C4.arn}",
    );
  });

  it("refuses a wrong name, nobody to share with and nothing to share", () => {
    expect(
      refusal(
        () =>
          new CrossAccountAttachment(emptyStack(), "Attachment", {
            name: "a b",
            principals: [],
            endpoints: [],
          }),
      ),
    ).toBe(
      [
        "test/Attachment: 'name' must be 1 to 64 letters, digits, periods, hyphens and underscores, got \"a b\"; choose a name like 'prod-web'",
        "test/Attachment: 'principals' must name at least one account or accelerator, got []; add the account whose accelerator uses the endpoints",
        "test/Attachment: 'endpoints' must name at least one endpoint, got []; add a load balancer, an instance or an Elastic IP address of this account",
      ].join("\n"),
    );
  });

  it("refuses principals that are neither accounts nor accelerators", () => {
    expect(
      refusal(
        () =>
          new CrossAccountAttachment(emptyStack(), "Attachment", {
            name: "a",
            principals: ["everyone"],
            endpoints: [endpoint],
          }),
      ),
    ).toBe(
      "test/Attachment: 'principals' must be ids of accounts or ARNs of accelerators, got [\"everyone\"]; write an account's id as text, with its leading zeros",
    );
  });
});
