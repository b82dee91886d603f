import { GlobalacceleratorCrossAccountAttachment } from "@cdktf/provider-aws/lib/globalaccelerator-cross-account-attachment";
import { Construct } from "constructs";

import type { IAcceleratorEndpoint } from "../../core";
import { validate, type ValidationRule } from "../parts";

/** Settings of a {@link CrossAccountAttachment}. */
export interface CrossAccountAttachmentProps {
  /** Name, up to 64 characters. */
  readonly name: string;
  /** Who may use the endpoints: ids of accounts, or ARNs of accelerators. */
  readonly principals: readonly string[];
  /** The endpoints of this account that they may use. */
  readonly endpoints: readonly IAcceleratorEndpoint[];
}

const rules: readonly ValidationRule<CrossAccountAttachmentProps>[] = [
  {
    property: "name",
    isValid: ({ name }) => /^[A-Za-z0-9._-]{1,64}$/.test(name),
    expected: "be 1 to 64 letters, digits, periods, hyphens and underscores",
    remedy: "choose a name like 'prod-web'",
  },
  {
    property: "principals",
    isValid: ({ principals }) => principals.length > 0,
    expected: "name at least one account or accelerator",
    remedy: "add the account whose accelerator uses the endpoints",
  },
  {
    property: "principals",
    isValid: ({ principals }) =>
      principals.every((principal) =>
        /^(\d{12}|arn:[\w-]+:globalaccelerator::\d{12}:accelerator\/.+|\$\{.+\})$/.test(principal),
      ),
    expected: "be ids of accounts or ARNs of accelerators",
    remedy: "write an account's id as text, with its leading zeros",
  },
  {
    property: "endpoints",
    isValid: ({ endpoints }) => endpoints.length > 0,
    expected: "name at least one endpoint",
    remedy: "add a load balancer, an instance or an Elastic IP address of this account",
  },
];

/**
 * Lets accelerators of other accounts send traffic to endpoints of this one. It is made in the
 * account of the endpoints; the accelerator names it as `attachmentArn` of the endpoint.
 *
 * @see https://docs.aws.amazon.com/global-accelerator/latest/dg/cross-account-resources.html
 */
export class CrossAccountAttachment extends Construct {
  /** The attachment of the provider, for settings that this module does not model. */
  public readonly resource: GlobalacceleratorCrossAccountAttachment;
  /** Its ARN. */
  public readonly attachmentArn: string;

  public constructor(scope: Construct, id: string, props: CrossAccountAttachmentProps) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new GlobalacceleratorCrossAccountAttachment(this, "Resource", {
      name: props.name,
      principals: [...props.principals].sort(),
      resource: props.endpoints.map(({ endpointId, region }) => ({ endpointId, region })),
    });
    this.attachmentArn = this.resource.arn;
  }
}
