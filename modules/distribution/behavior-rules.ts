import { type Behavior, type OriginKind, resolveMethods } from "./behavior";
import { distributionLimits } from "./distribution-limits";
import type { DistributionProps } from "./distribution-props";
import { repeated, type Rule } from "./distribution-rule";

const pathPattern = /^[\w*?&./~"'@:+$-]+$/;

/** What behaviours must obey. */
export const behaviorRules: readonly Rule[] = [
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
    expected: "have 'methods' that only read, because it leads to a group of origins",
    got: ({ defaultBehavior }) => defaultBehavior.methods,
    remedy: "choose 'read' or 'read-and-options', or route it to one origin: a write must not be repeated",
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
    remedy: "choose 'read' or 'read-and-options', or route them to one origin: a write must not be repeated",
  },
];

/** About behaviours, which are there without `trustedPublicKeys` as well. */
export const signingRules: readonly Rule[] = [
  {
    property: "defaultBehavior",
    isValid: ({ defaultBehavior, trustedPublicKeys }) =>
      defaultBehavior.signedOnly !== true || trustedPublicKeys !== undefined,
    expected: "not be 'signedOnly' without 'trustedPublicKeys'",
    got: ({ defaultBehavior }) => defaultBehavior.signedOnly,
    remedy: "add the keys whose signatures are accepted",
  },
  {
    property: "behaviors",
    isValid: ({ behaviors = [], trustedPublicKeys }) =>
      trustedPublicKeys !== undefined || behaviors.every(({ signedOnly }) => signedOnly !== true),
    expected: "not be 'signedOnly' without 'trustedPublicKeys'",
    got: ({ behaviors = [] }) =>
      behaviors.filter(({ signedOnly }) => signedOnly === true).map((behavior) => behavior.pathPattern),
    remedy: "add the keys whose signatures are accepted",
  },
  {
    property: "defaultBehavior",
    isValid: (props) => props.functions !== undefined || unknownFunctions(props).length === 0,
    expected: "name no function where the distribution has none",
    got: unknownFunctions,
    remedy: "add it to 'functions' of the distribution",
  },
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

export function unknownFunctions({
  defaultBehavior,
  behaviors = [],
  functions = {},
}: DistributionProps): string[] {
  const named = [defaultBehavior, ...behaviors].flatMap(({ functions: ofBehavior = {} }) => [
    ofBehavior.viewerRequest,
    ofBehavior.viewerResponse,
  ]);
  return [...new Set(named)].filter((name) => name !== undefined && !(name in functions)) as string[];
}

function isPathPattern(pattern: string): boolean {
  return (
    pattern !== "*" && pattern.length <= distributionLimits.pathPatternCharacters && pathPattern.test(pattern)
  );
}
