import { Token } from "cdktf";

import {
  accountId,
  bucketLogRetention,
  countryCode,
  domainName,
  isWholeWithin,
  kebabName,
} from "../../core/forms";
import { hasForm } from "../parts";
import { behaviorRules, signingRules, unknownFunctions } from "./behavior-rules";
import { distributionLimits } from "./distribution-limits";
import type { ErrorResponse } from "./distribution-props";
import { namesWith, repeated, type Rule, wrongNames } from "./distribution-rule";
import { groupRules, originRules } from "./origin-rules";

/** Days that logs are kept where nothing is said. */
export const defaultLogRetentionDays = 90;

const errorCodes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

const identityRules: readonly Rule[] = [
  hasForm("name", kebabName()),
  hasForm("account", accountId),
  {
    property: "aliases",
    isValid: ({ aliases }) => aliases.length >= 1 && aliases.length <= distributionLimits.aliases,
    expected: `hold 1 to ${distributionLimits.aliases} names`,
    got: ({ aliases }) => aliases.length,
    remedy: "give names of your own: with CloudFront's own name viewers may speak TLS 1.0",
  },
  {
    property: "aliases",
    isValid: ({ aliases }) => aliases.every(isAlias),
    expected: "be domain names in lower case without a trailing dot, with '*' for the first label only",
    got: ({ aliases }) => aliases.filter((alias) => !isAlias(alias)),
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
    remedy: "issue one there: CloudFront accepts no certificate of another region",
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
    remedy: "rename them, or remove keys that are no longer used for signing",
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
    isValid: ({ geoRestriction }) => geoRestriction?.countries.every(countryCode.accepts) ?? true,
    expected: "name countries by the two capital letters of ISO 3166-1",
    got: ({ geoRestriction }) => geoRestriction?.countries.filter((country) => !countryCode.accepts(country)),
    remedy: "write them like 'DE' or 'US'",
  },
  {
    property: "securityHeaders",
    isValid: ({ securityHeaders }) =>
      isWholeWithin(securityHeaders?.strictTransportSecuritySeconds ?? 0, 0, 2 ** 31),
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
    isValid: ({ accessLogs }) =>
      bucketLogRetention.accepts(accessLogs?.retentionDays ?? defaultLogRetentionDays),
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

function isAlias(alias: string): boolean {
  return domainName.accepts(alias.replace(/^\*\./, ""));
}

function isAnswerable({ page }: ErrorResponse): boolean {
  return page === undefined || (page.path.startsWith("/") && [200, ...errorCodes].includes(page.status));
}
