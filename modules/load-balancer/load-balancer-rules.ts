import { accountId, bucketLogRetention, isWholeWithin, kebabName } from "../../core/forms";
import { hasForm, type ValidationRule } from "../parts";
import type { LoadBalancerProps } from "./load-balancer-props";

/** What holds where the props say nothing. */
export const defaults = {
  ipAddressType: "ipv4",
  deletionProtection: true,
  clientKeepAliveSeconds: 300,
  idleTimeoutSeconds: 60,
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  retentionDays: 90,
} as const;

/** What a load balancer must obey, in the order of the props. */
export const loadBalancerRules: readonly ValidationRule<LoadBalancerProps>[] = [
  {
    property: "name",
    isValid: ({ name }) => kebabName().accepts(name) && !name.startsWith("internal-"),
    expected: `${kebabName().expected}, and not begin with 'internal-'`,
    remedy: "choose a name like 'prod-web'",
  },
  hasForm("account", accountId),
  {
    property: "network",
    isValid: ({ network }) => network.zones.length >= 2,
    expected: "have at least two zones",
    got: ({ network }) => network.zones,
    remedy: "add a zone to the network, which AWS requires for a load balancer",
  },
  {
    property: "ipAddressType",
    isValid: ({ ipAddressType, network }) =>
      ipAddressType !== "dualstack" || network.vpcIpv6CidrBlock !== undefined,
    expected: "be 'ipv4' in a network without IPv6 addresses",
    remedy: "make the network dual-stack, or leave 'ipAddressType' out",
  },
  {
    property: "admits",
    isValid: ({ admits, internal }) => admits !== "cloudfront" || internal !== true,
    expected: "not be 'cloudfront' where the load balancer is 'internal'",
    remedy: "remove 'internal', because CloudFront connects to public addresses only",
  },
  {
    property: "admits",
    isValid: ({ admits, internal }) => admits !== "network" || internal === true,
    expected: "be 'network' only where the load balancer is 'internal'",
    remedy: "set 'internal' to true, because a network reaches public addresses from outside",
  },
  {
    property: "clientKeepAliveSeconds",
    isValid: ({ clientKeepAliveSeconds = 0 }) => isWholeWithin(clientKeepAliveSeconds, 60, 604_800),
    expected: "be a whole number between 60 and 604800",
    remedy: "choose at most the recovery time objective",
  },
  {
    property: "idleTimeoutSeconds",
    isValid: ({ idleTimeoutSeconds = 0 }) => isWholeWithin(idleTimeoutSeconds, 1, 4000),
    expected: "be a whole number between 1 and 4000",
    remedy: "choose the longest that the application stays silent in a request",
  },
  {
    property: "sslPolicy",
    isValid: ({ sslPolicy = "" }) => /^ELBSecurityPolicy-TLS13-1-[23]-/.test(sslPolicy),
    expected: "be a policy of TLS 1.3, with or without TLS 1.2",
    remedy:
      "choose one whose name begins with 'ELBSecurityPolicy-TLS13-1-2-' or 'ELBSecurityPolicy-TLS13-1-3-'",
  },
  {
    property: "accessLogs",
    isValid: ({ accessLogs }) =>
      bucketLogRetention.accepts(accessLogs?.retentionDays ?? defaults.retentionDays),
    expected: "keep logs for a whole number of days between 1 and 3650",
    got: ({ accessLogs }) => accessLogs?.retentionDays,
    remedy: "correct 'retentionDays'",
  },
];
