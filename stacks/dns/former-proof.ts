import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";

import type { Environment } from "../../environments";

/**
 * Lets go of the validation records that the foundation once wrote, by certificates that nothing used,
 * and leaves them in the zone: the stacks of the certificates in use write the same records. So nothing
 * is ever without its proof, whichever region is deployed first, or is dark.
 *
 * Stays for as long as environments may stand that were deployed before; elsewhere it does nothing.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/removed
 */
export function forgetFormerProof(stack: TerraformStack, environment: Environment): void {
  stack.addOverride(
    "removed",
    formerRecords(environment).map(([certificate, name]) => ({
      from: `aws_route53_record.${formerId(stack, certificate, name)}`,
      lifecycle: [{ destroy: false }],
    })),
  );
}

/** The former certificates of the foundation, each with the name that it proved. */
function formerRecords(environment: Environment): (readonly [string, string])[] {
  const { domain, regions } = environment;
  const privateZone = environment.privateDns?.zone;
  return [
    ["Certificate", domain.name],
    ...Object.keys(regions).map((region) => [`Certificate-${region}`, `${region}.${domain.name}`] as const),
    ...(privateZone === undefined ? [] : [["PrivateCertificate", privateZone] as const]),
  ];
}

/** The id that cdktf gives a record at the place where the module of certificates writes it. */
function formerId(stack: TerraformStack, certificate: string, name: string): string {
  const proof = new Construct(new Construct(stack, certificate), "Proof");
  return stack.getLogicalId(new Construct(proof, name).node);
}
