import type { EnvironmentCheck, Finding } from "../checks/finding";
import { isLikelyMisspelling, nearestName } from "../nearest-name";
import type { Service } from "../service/settings";
import type { HeldIn, Offer } from "./offer";
import { offers } from "./offers";
import type { ServiceUse } from "./settings";

/**
 * What AWS itself sets in containers and functions, or refuses there.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-environment-variables.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const reserved = /^(AWS|ECS_|LAMBDA_|_HANDLER$|_X_AMZN_)/;

/** Services use what the environment offers where they run, and each variable has one value. */
export const checkUses: EnvironmentCheck = usesCheck(offers);

/** The one check of `uses`, whatever nouns there are to use. */
export function usesCheck(nouns: Readonly<Record<string, Offer>>): EnvironmentCheck {
  return (environment) => {
    const offered = new Map(
      Object.entries(nouns).map(([noun, offer]) => [noun, { offer, held: offer.held(environment) }]),
    );
    return Object.entries(environment.services).flatMap(([name, service]) => {
      const path = `services.${name}.uses`;
      return [
        ...Object.entries(service.uses).flatMap(([variable, use]) =>
          checkUse(`${path}.${variable}`, use, service, offered),
        ),
        ...checkVariables(path, service, nouns),
      ];
    });
  };
}

type Offered = ReadonlyMap<string, { readonly offer: Offer; readonly held: ReadonlyMap<string, HeldIn> }>;

function checkUse(path: string, use: ServiceUse, { regions }: Service, offered: Offered): Finding[] {
  const { noun, name } = use;
  const found = offered.get(noun);
  if (found === undefined) {
    return [strangeNoun(`${path}.of`, use, offered)];
  }
  const held = found.held.get(name);
  return [
    ...(held === undefined
      ? [strangeName(`${path}.of`, use, [...found.held.keys()])]
      : checkRegions(`${path}.of`, use, regions, held)),
    ...checkAccess(`${path}.access`, use, found.offer),
  ];
}

function strangeNoun(property: string, use: ServiceUse, offered: Offered): Finding {
  return {
    property,
    expected: `name something of ${quoted([...offered.keys()])}, as '<key>.<name>'`,
    got: use.of,
    remedy: remedyForNoun(use, offered),
  };
}

function remedyForNoun({ noun, name }: ServiceUse, offered: Offered): string {
  const names = [...offered.values()].flatMap(({ held }) => [...held.keys()]);
  if (names.length === 0) {
    const nearest = nearestName(noun, [...offered.keys()]);
    return `add it to '${nearest}', and write '${nearest}.<name>'`;
  }
  const nearest = nearestName(name, names);
  const nouns = [...offered].flatMap(([each, { held }]) => (held.has(nearest) ? [each] : []));
  return `write '${nearestName(noun, nouns)}.${nearest}'`;
}

function strangeName(property: string, use: ServiceUse, names: readonly string[]): Finding {
  const { noun, name } = use;
  return {
    property,
    expected: `be one of the environment's ${noun}`,
    got: use.of,
    remedy:
      names.length === 0
        ? `add it to '${noun}'`
        : `write '${noun}.${nearestName(name, names)}', or add it to '${noun}'`,
  };
}

function checkRegions(
  property: string,
  { of }: ServiceUse,
  regions: readonly string[],
  held: HeldIn,
): Finding[] {
  const missing = regions.filter((region) => !held.regions.includes(region));
  return missing.length === 0
    ? []
    : [
        {
          property,
          expected: "be in every region of the service",
          got: of,
          remedy: `${held.remedy(missing)}, or run the service without ${missing.join(", ")}`,
        },
      ];
}

function checkAccess(property: string, use: ServiceUse, { accesses }: Offer): Finding[] {
  if (accesses.includes(use.access)) {
    return [];
  }
  const nearest = nearestName(use.access, accesses);
  return [
    {
      property,
      expected: `be an access that ${use.noun} have: ${quoted(accesses)}`,
      got: use.access,
      remedy: isLikelyMisspelling(use.access, nearest) ? `write '${nearest}'` : "choose one of them",
    },
  ];
}

/** Each variable has one value, and none is AWS's own. */
function checkVariables(path: string, service: Service, nouns: Readonly<Record<string, Offer>>): Finding[] {
  const given = Object.entries(service.uses).flatMap(([key, use]) =>
    endingsOf(use, nouns).map((ending) => ({ key, variable: `${key}${ending}` })),
  );
  return given.flatMap(({ key, variable }, index) => {
    const givers = [
      ...(["environment", "secrets"] as const).filter((section) => Object.hasOwn(service[section], variable)),
      ...given.slice(0, index).flatMap((other) => (other.variable === variable ? [`uses.${other.key}`] : [])),
    ];
    return [
      ...givers.map((giver) => ({
        property: `${path}.${key}`,
        expected: `give no variable that '${giver}' gives as well`,
        got: variable,
        remedy: "rename one of the two, or remove it",
      })),
      ...(reserved.test(variable)
        ? [
            {
              property: `${path}.${key}`,
              expected: "not be a variable that AWS sets itself, such as 'AWS_REGION'",
              got: variable,
              remedy: "rename it",
            },
          ]
        : []),
    ];
  });
}

/** A strange noun is reported as such; its key is a variable in any case. */
function endingsOf({ noun }: ServiceUse, nouns: Readonly<Record<string, Offer>>): readonly string[] {
  return (Object.hasOwn(nouns, noun) ? nouns[noun]?.variableEndings : undefined) ?? [""];
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(", ");
}
