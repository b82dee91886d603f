import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { Construct } from "constructs";

import { literalText, resourceName } from "../../core";
import { distributionLimits } from "./distribution-limits";

/** A small program in JavaScript that runs at the edge, on each request or answer of a behaviour. */
export interface EdgeFunction {
  /**
   * The program, of the runtime `cloudfront-js-2.0`: a function `handler(event)` that returns a request or
   * a response, at most 10 KiB. Whoever may read the distribution's settings may read it.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/writing-function-code.html
   */
  readonly code: string;
  /**
   * What it is for, shown in the console.
   *
   * @default - nothing
   */
  readonly comment?: string;
}

/** Settings of {@link EdgeFunctions}. */
export interface EdgeFunctionsProps {
  /** Name of the distribution. */
  readonly name: string;
  /** The functions, by the names that behaviours call them. */
  readonly functions: Readonly<Record<string, EdgeFunction>>;
}

/** The functions of a distribution, published as they are applied. */
export class EdgeFunctions extends Construct {
  /** The functions of the provider by name, for settings that this module does not model. */
  public readonly resource: Readonly<Record<string, CloudfrontFunction>>;

  public constructor(scope: Construct, id: string, { name, functions }: EdgeFunctionsProps) {
    super(scope, id);
    this.resource = Object.fromEntries(
      Object.entries(functions).map(([key, { code, comment }]) => [
        key,
        new CloudfrontFunction(this, key, {
          name: resourceName(distributionLimits.functionName, name, key),
          runtime: "cloudfront-js-2.0",
          code: literalText(code),
          comment,
          publish: true,
          // AWS deletes no function that a behaviour uses: the distribution must have let go of it.
          lifecycle: { createBeforeDestroy: true },
        }),
      ]),
    );
  }

  /** ARNs of the functions, by name. */
  public get arns(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.resource).map(([key, { arn }]) => [key, arn]));
  }
}
