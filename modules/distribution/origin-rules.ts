import { Token } from "cdktf";

import { isWholeWithin } from "../../core/forms";
import { distributionLimits } from "./distribution-limits";
import type { DistributionProps } from "./distribution-props";
import { namesWith, type Rule, wrongNames } from "./distribution-rule";
import { failoverStatusCodes, type HttpsOrigin, type Origin, type OriginGroup } from "./origin";

const originPath = /^\/.*[^/]$/;

/** What origins must obey. */
export const originRules: readonly Rule[] = [
  {
    property: "origins",
    isValid: ({ origins }) =>
      Object.keys(origins).length >= 1 && Object.keys(origins).length <= distributionLimits.origins,
    expected: `hold 1 to ${distributionLimits.origins} origins`,
    got: ({ origins }) => Object.keys(origins).length,
    remedy: "add one, or split the distribution",
  },
  {
    property: "origins",
    isValid: ({ origins }) => wrongNames(origins).length === 0,
    expected: "have names of lower-case letters, digits and single hyphens",
    got: ({ origins }) => wrongNames(origins),
    remedy: "rename them",
  },
  {
    property: "origins",
    isValid: (props) => httpsOrigins(props, hasBadDomainName).length === 0,
    expected: "have a 'domainName' without scheme, port and path",
    got: (props) => httpsOrigins(props, hasBadDomainName),
    remedy: "write it like 'web.eu-west-1.example.com'",
  },
  {
    property: "origins",
    isValid: (props) => httpsOrigins(props, hasBadPort).length === 0,
    expected: "have a 'port' of 443 or between 1024 and 65535",
    got: (props) => httpsOrigins(props, hasBadPort),
    remedy: "change the port: CloudFront reaches no other",
  },
  {
    property: "origins",
    isValid: (props) => httpsOrigins(props, hasBadReadTimeout).length === 0,
    expected: "have a whole 'readTimeoutSeconds' between 1 and 120",
    got: (props) => httpsOrigins(props, hasBadReadTimeout),
    remedy: "give the longest that the origin works on a request; above 60 needs a quota increase",
  },
  {
    property: "origins",
    isValid: ({ origins }) => namesWith(origins, hasBadPath).length === 0,
    expected: "have a 'path' that begins with '/' and does not end with it",
    got: ({ origins }) => namesWith(origins, hasBadPath),
    remedy: "write it like '/site', or leave it out",
  },
];

/** What origin groups must obey. */
export const groupRules: readonly Rule[] = [
  {
    property: "originGroups",
    isValid: ({ originGroups = {} }) => Object.keys(originGroups).length <= distributionLimits.originGroups,
    expected: `hold at most ${distributionLimits.originGroups} groups`,
    got: ({ originGroups = {} }) => Object.keys(originGroups).length,
    remedy: "split the distribution",
  },
  {
    property: "originGroups",
    isValid: ({ origins, originGroups = {} }) =>
      wrongNames(originGroups).length === 0 && Object.keys(originGroups).every((name) => !(name in origins)),
    expected: "have names of lower-case letters, digits and single hyphens that no origin has",
    got: ({ originGroups = {} }) => Object.keys(originGroups),
    remedy: "rename them",
  },
  {
    property: "originGroups",
    isValid: (props) => groupsWith(props, isNoPair(props)).length === 0,
    expected: "have a 'primary' and a 'secondary' that are two of the origins",
    got: (props) => groupsWith(props, isNoPair(props)),
    remedy: "name two origins of this distribution",
  },
  {
    property: "originGroups",
    isValid: (props) => groupsWith(props, hasBadStatusCodes).length === 0,
    expected: `have 'failoverStatusCodes' out of ${failoverStatusCodes.join(", ")}`,
    got: (props) => groupsWith(props, hasBadStatusCodes),
    remedy: "remove the others: CloudFront does not fail over for them",
  },
];

function httpsOrigins(props: DistributionProps, isBad: (origin: HttpsOrigin) => boolean): string[] {
  return namesWith(props.origins, (origin) => origin.kind === "https" && isBad(origin));
}

function hasBadDomainName({ domainName }: HttpsOrigin): boolean {
  return !Token.isUnresolved(domainName) && !/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(domainName);
}

function hasBadPort({ port = 443 }: HttpsOrigin): boolean {
  return port !== 443 && !isWholeWithin(port, 1024, 65_535);
}

function hasBadReadTimeout({ readTimeoutSeconds = 30 }: HttpsOrigin): boolean {
  return !isWholeWithin(readTimeoutSeconds, 1, 120);
}

function hasBadPath({ path = "/x" }: Origin): boolean {
  return !originPath.test(path);
}

function groupsWith(
  { originGroups = {} }: DistributionProps,
  isBad: (group: OriginGroup) => boolean,
): string[] {
  return namesWith(originGroups, isBad);
}

function isNoPair({ origins }: DistributionProps): (group: OriginGroup) => boolean {
  return ({ primary, secondary }) => primary === secondary || !(primary in origins && secondary in origins);
}

function hasBadStatusCodes({ failoverStatusCodes: codes }: OriginGroup): boolean {
  return (
    codes !== undefined && (codes.length === 0 || codes.some((code) => !failoverStatusCodes.includes(code)))
  );
}
