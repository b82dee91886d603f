import type { JsonObject } from "./canonical";

/**
 * Types of resources that DNS records lead to. Records of another stack may, too, through its outputs, so
 * that no plan shows whether one does.
 */
const destinationTypes: ReadonlySet<string> = new Set([
  "aws_alb",
  "aws_apigatewayv2_domain_name",
  "aws_api_gateway_domain_name",
  "aws_apprunner_custom_domain_association",
  "aws_apprunner_service",
  "aws_cloudfront_distribution",
  "aws_eip",
  "aws_globalaccelerator_accelerator",
  "aws_lb",
  "aws_route53_cidr_collection",
  "aws_route53_cidr_location",
  "aws_route53_health_check",
  "aws_vpc_endpoint",
]);

/** Types of records that lead somewhere. */
const leadingRecordTypes: ReadonlySet<unknown> = new Set(["A", "AAAA", "CNAME"]);

/**
 * Whether a replacement leaves names without an answer for a while: it destroys first, and the resource is
 * what records lead to, or such a record itself. A record that proves control of a name leads nowhere.
 */
export function interruptsTraffic(type: string, actions: readonly string[], before: JsonObject): boolean {
  const isDestroyedFirst = actions[0] === "delete" && actions.includes("create");
  const isLeadingRecord =
    type === "aws_route53_record" &&
    leadingRecordTypes.has(before.type) &&
    !String(before.name).startsWith("_");
  return isDestroyedFirst && (destinationTypes.has(type) || isLeadingRecord);
}
