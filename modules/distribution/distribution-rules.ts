import { Token } from "cdktf";

import type { ValidationRule } from "../parts";
import { resolveMethods, type Behavior, type OriginKind } from "./behavior";
import type { ErrorResponse, DistributionProps } from "./distribution-props";
import { distributionLimits } from "./distribution-limits";
import { failoverStatusCodes, type HttpsOrigin, type Origin, type OriginGroup } from "./origin";

type Rule = ValidationRule<DistributionProps>;

/** Days that logs are kept where nothing is said. */
export const defaultLogRetentionDays = 90;

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const aliasName = /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const originName = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const originPath = /^\/.*[^/]$/;
const pathPattern = /^[\w*?&./~"'@:+$-]+$/;
const errorCodes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

const identityRules: readonly Rule[] = [
  {
    property: "name",
    isValid: ({ name }) => kebabCase.test(name),
    expected: "be lower-case letters, digits and single hyphens",
    remedy: "choose a name like 'prod-web'",
  },
  {
    property: "account",
    isValid: ({ account }) => /^\d{12}$/.test(account),
    expected: "be 12 digits",
    remedy: "write the account id as text, with its leading zeros",
  },
  {
    property: "aliases",
    isValid: ({ aliases }) => aliases.length >= 1 && aliases.length <= distributionLimits.aliases,
    expected: `hold 1 to ${distributionLimits.aliases} names`,
    got: ({ aliases }) => aliases.length,
    remedy: "give names of your own: with CloudFront's own name viewers may speak TLS 1.0",
  },
  {
    property: "aliases",
    isValid: ({ aliases }) => aliases.every((alias) => aliasName.test(alias)),
    expected: "be domain names in lower case without a trailing dot, with '*' for the first label only",
    got: ({ aliases }) => aliases.filter((alias) => !aliasName.test(alias)),
    remedy: 'write them like "www.example.com" or "*.example.com"',
  },
  {
    property: "aliases",
    isValid: ({ aliases }) => repeated(aliases).length === 0,
    expected: "name each domain once",
    got: ({ aliases }) => repeated(aliases),
    remedy: "remove the repetition",
  },
  {
    property: "certificate",
    isValid: ({ certificate: { certificateArn } }) =>
      Token.isUnresolved(certificateArn) || certificateArn.startsWith("arn:aws:acm:us-east-1:"),
    expected: "be issued in us-east-1",
    got: ({ certificate }) => certificate.certificateArn,
    remedy: "issue one there: CloudFront takes no other region's",
  },
];

const originRules: readonly Rule[] = [
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
    remedy: "give the longest that the origin works on a request; above 60 needs a quota of AWS",
  },
  {
    property: "origins",
    isValid: ({ origins }) => namesWith(origins, hasBadPath).length === 0,
    expected: "have a 'path' that begins with '/' and does not end with it",
    got: ({ origins }) => namesWith(origins, hasBadPath),
    remedy: "write it like '/site', or leave it out",
  },
];

const groupRules: readonly Rule[] = [
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

const behaviorRules: readonly Rule[] = [
  {
    property: "defaultBehavior",
    isValid: (props) => isKnownOrigin(props, props.defaultBehavior),
    expected: (props) => `have an 'origin' that is one of ${targetsOf(props)}`,
    got: ({ defaultBehavior }) => defaultBehavior.origin,
    remedy: "name an origin or a group of this distribution",
  },
  {
    property: "defaultBehavior",
    isValid: (props) => canWriteTo(props, props.defaultBehavior),
    expected: "have 'methods' that only read, since it leads to a group of origins",
    got: ({ defaultBehavior }) => defaultBehavior.methods,
    remedy: "choose 'read' or 'read-and-options', or lead it to one origin: nobody may write twice",
  },
  {
    property: "behaviors",
    isValid: ({ behaviors = [] }) => behaviors.length < distributionLimits.behaviors,
    expected: `hold at most ${distributionLimits.behaviors - 1} behaviours beside the default`,
    got: ({ behaviors = [] }) => behaviors.length,
    remedy: "join patterns with '*', or split the distribution",
  },
  {
    property: "behaviors",
    isValid: ({ behaviors = [] }) => behaviors.every((behavior) => isPathPattern(behavior.pathPattern)),
    expected: `have a 'pathPattern' of at most ${distributionLimits.pathPatternCharacters} characters that a path may have`,
    got: ({ behaviors = [] }) =>
      behaviors.map((behavior) => behavior.pathPattern).filter((pattern) => !isPathPattern(pattern)),
    remedy: "write it like '/assets/*'; '*' alone is the default behaviour",
  },
  {
    property: "behaviors",
    isValid: ({ behaviors = [] }) => repeated(behaviors.map((behavior) => behavior.pathPattern)).length === 0,
    expected: "have each 'pathPattern' once",
    got: ({ behaviors = [] }) => repeated(behaviors.map((behavior) => behavior.pathPattern)),
    remedy: "remove the later ones, which would never be reached",
  },
  {
    property: "behaviors",
    isValid: (props) => (props.behaviors ?? []).every((behavior) => isKnownOrigin(props, behavior)),
    expected: (props) => `have an 'origin' that is one of ${targetsOf(props)}`,
    got: (props) =>
      (props.behaviors ?? [])
        .filter((behavior) => !isKnownOrigin(props, behavior))
        .map((behavior) => behavior.origin),
    remedy: "name an origin or a group of this distribution",
  },
  {
    property: "behaviors",
    isValid: (props) => (props.behaviors ?? []).every((behavior) => canWriteTo(props, behavior)),
    expected: "have 'methods' that only read where they lead to a group of origins",
    got: (props) =>
      (props.behaviors ?? [])
        .filter((behavior) => !canWriteTo(props, behavior))
        .map((behavior) => behavior.pathPattern),
    remedy: "choose 'read' or 'read-and-options', or lead them to one origin: nobody may write twice",
  },
];

const edgeRules: readonly Rule[] = [
  {
    property: "functions",
    isValid: ({ functions = {} }) =>
      wrongNames(functions).length === 0 && Object.keys(functions).length <= distributionLimits.functions,
    expected: `be at most ${distributionLimits.functions}, with names of lower-case letters, digits and single hyphens`,
    got: ({ functions = {} }) => Object.keys(functions),
    remedy: "rename them, or make one function of several",
  },
  {
    property: "functions",
    isValid: ({ functions = {} }) => namesWith(functions, ({ code }) => hasBadSize(code)).length === 0,
    expected: `have 'code' of 1 to ${distributionLimits.functionBytes} bytes`,
    got: ({ functions = {} }) => namesWith(functions, ({ code }) => hasBadSize(code)),
    remedy: "shorten it: what needs more belongs in the origin",
  },
  {
    property: "functions",
    isValid: (props) => unknownFunctions(props).length === 0,
    expected: "hold what behaviours name under 'functions'",
    got: unknownFunctions,
    remedy: "add the function, or correct the name",
  },
  {
    property: "trustedPublicKeys",
    isValid: ({ trustedPublicKeys = {} }) =>
      Object.keys(trustedPublicKeys).length >= 1 &&
      Object.keys(trustedPublicKeys).length <= distributionLimits.publicKeys &&
      wrongNames(trustedPublicKeys).length === 0,
    expected: `hold 1 to ${distributionLimits.publicKeys} keys, with names of lower-case letters, digits and single hyphens`,
    got: ({ trustedPublicKeys = {} }) => Object.keys(trustedPublicKeys),
    remedy: "rename them, or remove keys that nobody signs with any more",
  },
  {
    property: "trustedPublicKeys",
    // A private key by mistake must not be printed: only names are.
    isValid: ({ trustedPublicKeys = {} }) => namesWith(trustedPublicKeys, isNoPublicKey).length === 0,
    expected: "be public keys in PEM",
    got: ({ trustedPublicKeys = {} }) => namesWith(trustedPublicKeys, isNoPublicKey),
    remedy:
      "write the output of `openssl pkey -in private.pem -pubout`, and keep the private key out of here",
  },
];

/** About behaviours, which are there without `trustedPublicKeys` as well. */
const signingRules: readonly Rule[] = [
  {
    property: "defaultBehavior",
    isValid: ({ defaultBehavior, trustedPublicKeys }) =>
      defaultBehavior.signedOnly !== true || trustedPublicKeys !== undefined,
    expected: "not be 'signedOnly' without 'trustedPublicKeys'",
    got: ({ defaultBehavior }) => defaultBehavior.signedOnly,
    remedy: "add the keys whose signatures are taken",
  },
  {
    property: "behaviors",
    isValid: ({ behaviors = [], trustedPublicKeys }) =>
      trustedPublicKeys !== undefined || behaviors.every(({ signedOnly }) => signedOnly !== true),
    expected: "not be 'signedOnly' without 'trustedPublicKeys'",
    got: ({ behaviors = [] }) =>
      behaviors.filter(({ signedOnly }) => signedOnly === true).map((behavior) => behavior.pathPattern),
    remedy: "add the keys whose signatures are taken",
  },
  {
    property: "defaultBehavior",
    isValid: (props) => props.functions !== undefined || unknownFunctions(props).length === 0,
    expected: "name no function where the distribution has none",
    got: unknownFunctions,
    remedy: "add it to 'functions' of the distribution",
  },
];

const answerRules: readonly Rule[] = [
  {
    property: "geoRestriction",
    isValid: ({ geoRestriction }) => (geoRestriction?.countries.length ?? 0) > 0,
    expected: "name at least one country",
    got: ({ geoRestriction }) => geoRestriction?.countries,
    remedy: "add one, or leave 'geoRestriction' out",
  },
  {
    property: "geoRestriction",
    isValid: ({ geoRestriction }) => geoRestriction?.countries.every(isCountry) ?? true,
    expected: "name countries by the two capital letters of ISO 3166-1",
    got: ({ geoRestriction }) => geoRestriction?.countries.filter((country) => !isCountry(country)),
    remedy: "write them like 'DE' or 'US'",
  },
  {
    property: "securityHeaders",
    isValid: ({ securityHeaders }) =>
      isWhole(securityHeaders?.strictTransportSecuritySeconds ?? 0, 0, 2 ** 31),
    expected: "have 'strictTransportSecuritySeconds' that are whole and not negative",
    got: ({ securityHeaders }) => securityHeaders?.strictTransportSecuritySeconds,
    remedy: "give seconds, 31536000 a year",
  },
  {
    property: "errorResponses",
    isValid: ({ errorResponses = [] }) =>
      errorResponses.every(({ errorCode }) => errorCodes.includes(errorCode)) &&
      repeated(errorResponses.map(({ errorCode }) => errorCode)).length === 0,
    expected: `have each 'errorCode' once, out of ${errorCodes.join(", ")}`,
    got: ({ errorResponses = [] }) => errorResponses.map(({ errorCode }) => errorCode),
    remedy: "remove the others: CloudFront cannot replace them",
  },
  {
    property: "errorResponses",
    isValid: ({ errorResponses = [] }) => errorResponses.every(isAnswerable),
    expected: "have a 'page' with a 'path' that begins with '/' and a 'status' of 200 or an error",
    got: ({ errorResponses = [] }) => errorResponses.filter((response) => !isAnswerable(response)),
    remedy: "write it like { path: '/index.html', status: 200 }",
  },
  {
    property: "defaultRootObject",
    isValid: ({ defaultRootObject = "" }) => !defaultRootObject.startsWith("/"),
    expected: "not begin with '/'",
    remedy: "write it like 'index.html'",
  },
  {
    property: "accessLogs",
    isValid: ({ accessLogs }) => isWhole(accessLogs?.retentionDays ?? defaultLogRetentionDays, 1, 3650),
    expected: "keep logs for a whole number of days between 1 and 3650",
    got: ({ accessLogs }) => accessLogs?.retentionDays,
    remedy: "correct 'retentionDays'",
  },
];

/** What a distribution must obey, in the order of the props. */
export const distributionRules: readonly Rule[] = [
  ...identityRules,
  ...originRules,
  ...groupRules,
  ...behaviorRules,
  ...edgeRules,
  ...signingRules,
  ...answerRules,
];

/** What a behaviour leads to. Unknown names are refused by the rules before this matters. */
export function originKindOf(
  { origins, originGroups = {} }: Pick<DistributionProps, "origins" | "originGroups">,
  { origin }: Behavior,
): OriginKind {
  const group = originGroups[origin];
  if (group === undefined) {
    return origins[origin]?.kind ?? "https";
  }
  const members = [origins[group.primary], origins[group.secondary]];
  return members.every((member) => member?.kind === "bucket") ? "bucket-group" : "https-group";
}

function canWriteTo(props: DistributionProps, behavior: Behavior): boolean {
  const kind = originKindOf(props, behavior);
  return !kind.endsWith("-group") || resolveMethods(behavior, kind) !== "all";
}

function isKnownOrigin({ origins, originGroups = {} }: DistributionProps, { origin }: Behavior): boolean {
  return origin in origins || origin in originGroups;
}

function targetsOf({ origins, originGroups = {} }: DistributionProps): string {
  return [...Object.keys(origins), ...Object.keys(originGroups)].map((name) => `'${name}'`).join(", ");
}

function httpsOrigins(props: DistributionProps, isBad: (origin: HttpsOrigin) => boolean): string[] {
  return namesWith(props.origins, (origin) => origin.kind === "https" && isBad(origin));
}

function hasBadDomainName({ domainName }: HttpsOrigin): boolean {
  return !Token.isUnresolved(domainName) && !/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(domainName);
}

function hasBadPort({ port = 443 }: HttpsOrigin): boolean {
  return port !== 443 && !isWhole(port, 1024, 65_535);
}

function hasBadReadTimeout({ readTimeoutSeconds = 30 }: HttpsOrigin): boolean {
  return !isWhole(readTimeoutSeconds, 1, 120);
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

function unknownFunctions({ defaultBehavior, behaviors = [], functions = {} }: DistributionProps): string[] {
  const named = [defaultBehavior, ...behaviors].flatMap(({ functions: ofBehavior = {} }) => [
    ofBehavior.viewerRequest,
    ofBehavior.viewerResponse,
  ]);
  return [...new Set(named)].filter((name) => name !== undefined && !(name in functions)) as string[];
}

function hasBadSize(code: string): boolean {
  const size = Buffer.byteLength(code);
  return !Token.isUnresolved(code) && (size < 1 || size > distributionLimits.functionBytes);
}

function isNoPublicKey(text: string): boolean {
  return (
    !Token.isUnresolved(text) &&
    !/^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(text)
  );
}

function isPathPattern(pattern: string): boolean {
  return (
    pattern !== "*" && pattern.length <= distributionLimits.pathPatternCharacters && pathPattern.test(pattern)
  );
}

function isCountry(country: string): boolean {
  return /^[A-Z]{2}$/.test(country);
}

function isAnswerable({ page }: ErrorResponse): boolean {
  return page === undefined || (page.path.startsWith("/") && [200, ...errorCodes].includes(page.status));
}

function wrongNames(named: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(named).filter((name) => !originName.test(name));
}

function namesWith<Value>(
  named: Readonly<Record<string, Value>>,
  isBad: (value: Value) => boolean,
): string[] {
  return Object.entries(named).flatMap(([name, value]) => (isBad(value) ? [name] : []));
}

function repeated<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function isWhole(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
