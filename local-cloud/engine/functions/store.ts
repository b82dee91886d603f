import { ServiceError } from "../../answer";
import { account, Store } from "../../toolkit";
import type { Alias, Invocable, LambdaFunction, Version } from "./function";

/** What a caller named: a function and perhaps a qualifier. */
export interface Reference {
  readonly name: string;
  readonly region: string;
  readonly qualifier?: string;
}

const reference =
  /^(?:arn:aws[a-z-]*:lambda:(?<region>[\w-]+):\d{12}:)?(?:\d{12}:)?(?:function:)?(?<name>[\w.-]+)(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/**
 * Reads a name, a partial or whole ARN, each with a qualifier or without; one beside it counts, too.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function referenceOf(text: string, region: string, beside?: string | null): Reference {
  const { name, region: named, qualifier } = reference.exec(text)?.groups ?? {};
  if (name === undefined) {
    throw new ServiceError(
      "ValidationException",
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must be the name or ARN of a function`,
    );
  }
  if (beside !== undefined && beside !== null && qualifier !== undefined && qualifier !== beside) {
    throw new ServiceError(
      "InvalidParameterValueException",
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  }
  return { name, region: named ?? region, qualifier: qualifier ?? beside ?? undefined };
}

/** The functions of all regions. */
export class Functions {
  private readonly functions = new Store<LambdaFunction>();

  /** With a source of chance between 0 and 1, by which an alias chooses a version. */
  constructor(private readonly chance: () => number = Math.random) {}

  /** The functions of a region by name. */
  in(region: string): Map<string, LambdaFunction> {
    return this.functions.in(region);
  }

  /** The function of that name; throws when there is none. */
  named({ name, region, qualifier }: Reference): LambdaFunction {
    const found = this.in(region).get(name);
    if (found === undefined) {
      throw notFound(arnOf(region, name, qualifier));
    }
    return found;
  }

  /** The version that a qualifier names, the alias followed; throws when there is none. */
  version(referred: Reference): Version {
    return this.choose(this.named(referred), referred.qualifier, () => 1);
  }

  /** What an invocation of that reference runs; an alias chooses by its weights. */
  invocable(referred: Reference): Invocable {
    const owner = this.named(referred);
    const version = this.choose(owner, referred.qualifier, this.chance);
    const qualifier = referred.qualifier ?? "$LATEST";
    return { owner, version, qualifier, invokedArn: arnOf(owner.region, owner.name, referred.qualifier) };
  }

  private choose(owner: LambdaFunction, qualifier: string | undefined, chance: () => number): Version {
    const alias = owner.aliases.get(qualifier ?? "");
    const number = alias === undefined ? (qualifier ?? "$LATEST") : chosen(alias, chance());
    const version = number === "$LATEST" ? owner.latest : owner.versions.get(number);
    if (version === undefined) {
      throw notFound(arnOf(owner.region, owner.name, qualifier));
    }
    return version;
  }
}

/**
 * The version that an alias sends an invocation to.
 *
 * @param chance - Evenly spread from 0 to below 1.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 */
export function chosen({ FunctionVersion, RoutingConfig }: Alias, chance: number): string {
  let left = chance;
  for (const [version, weight] of Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {})) {
    if (left < weight) {
      return version;
    }
    left -= weight;
  }
  return FunctionVersion;
}

/** ARN of a function, version or alias. */
export function arnOf(region: string, name: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** That a resource is not there. */
export function notFound(what: string): ServiceError {
  const text =
    what.startsWith("arn:aws:lambda") && what.includes(":function:") ? `Function not found: ${what}` : what;
  return new ServiceError("ResourceNotFoundException", text, 404);
}
