import { jsonService, objectAt, textAt, type StandIn } from "../../toolkit";
import { Unkindness } from "../../unkind";
import { usedCertificates } from "../../unkind/certificate-use";

/**
 * ACM is moto's, which issues every certificate at once. While the cloud is unkind, certificates asked for
 * while no zone is delegated stay unvalidated, and those that nothing uses have expired.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 * @see https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
 */
export function acm(unkind = new Unkindness()): StandIn {
  const unvalidated = new Set<string>();
  return jsonService({
    service: "acm",
    complete: false,
    operations: {
      RequestCertificate: async (input, context) => {
        const answer = await context.motoJson("RequestCertificate", input);
        const arn = textAt(answer, "CertificateArn");
        if (arn !== undefined && unkind.isOn("undelegated-zone")) {
          unvalidated.add(arn);
        }
        return answer;
      },
      DescribeCertificate: async (input, context) => {
        const answer = await context.motoJson("DescribeCertificate", input);
        const arn = textAt(input, "CertificateArn") ?? "";
        if (!unkind.isOn("undelegated-zone")) {
          unvalidated.clear();
        }
        const status = unvalidated.has(arn)
          ? "PENDING_VALIDATION"
          : unkind.isOn("unused-certificate-expiry") && !usedCertificates(unkind).has(arn)
            ? "EXPIRED"
            : undefined;
        return status === undefined
          ? answer
          : { ...answer, Certificate: { ...objectAt(answer, "Certificate"), Status: status } };
      },
    },
  });
}
