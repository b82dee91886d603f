import { randomUUID } from "node:crypto";
import { ServiceError } from "../../answer";
import { objectAt, pick, scalar, type JsonObject, type RestOperation } from "../../toolkit";
import { invalid } from "./configuration";
import type { Alias, LambdaFunction } from "./function";
import { referredIn, withStatus, type Lambda } from "./lambda";
import { arnOf, notFound } from "./store";

/**
 * Aliases and their weights.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
 */
export function aliasOperations({ functions }: Lambda): Record<string, RestOperation> {
  const found = (owner: LambdaFunction, name: string): Alias => {
    const alias = owner.aliases.get(name);
    if (alias === undefined) {
      throw notFound(`Cannot find alias arn: ${arnOf(owner.region, owner.name, name)}`);
    }
    return alias;
  };
  return {
    "POST /2015-03-31/functions/{name}/aliases": (request, context) => {
      const owner = functions.named(referredIn(request, context));
      const name = scalar(request.json.Name);
      if (owner.aliases.has(name)) {
        const arn = arnOf(owner.region, owner.name, name);
        throw new ServiceError("ResourceConflictException", `Alias already exists: ${arn}`, 409);
      }
      const alias = aliasOf(owner, name, { Description: "", ...request.json });
      owner.aliases.set(name, alias);
      return withStatus(context, 201, alias);
    },
    "GET /2015-03-31/functions/{name}/aliases": (request, context) => ({
      Aliases: [...functions.named(referredIn(request, context)).aliases.values()],
    }),
    "GET /2015-03-31/functions/{name}/aliases/{alias}": (request, context) =>
      found(functions.named(referredIn(request, context)), request.path.alias ?? ""),
    "PUT /2015-03-31/functions/{name}/aliases/{alias}": (request, context) => {
      const owner = functions.named(referredIn(request, context));
      const before = found(owner, request.path.alias ?? "");
      const alias = aliasOf(owner, before.Name, { ...before, ...request.json });
      owner.aliases.set(before.Name, alias);
      return alias;
    },
    "DELETE /2015-03-31/functions/{name}/aliases/{alias}": (request, context) => {
      functions.named(referredIn(request, context)).aliases.delete(request.path.alias ?? "");
      return withStatus(context, 204);
    },
  };
}

function aliasOf(owner: LambdaFunction, name: string, input: JsonObject): Alias {
  const version = scalar(input.FunctionVersion);
  const weights = Object.entries(objectAt(objectAt(input, "RoutingConfig"), "AdditionalVersionWeights"));
  const missing = [version, ...weights.map(([each]) => each)].find(
    (each) => each !== "$LATEST" && !owner.versions.has(each),
  );
  if (missing !== undefined) {
    throw notFound(arnOf(owner.region, owner.name, missing));
  }
  if (weights.length > 1) {
    throw invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  if (weights.some(([each]) => each === version)) {
    throw invalid(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  if (weights.length > 0 && version === "$LATEST") {
    throw invalid("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  if (weights.some(([, weight]) => Number(weight) < 0 || Number(weight) > 1)) {
    throw invalid("Value of a weight must be between 0 and 1");
  }
  const routing = weights.length === 0 ? {} : { RoutingConfig: input.RoutingConfig };
  return {
    AliasArn: arnOf(owner.region, owner.name, name),
    Name: name,
    FunctionVersion: version,
    ...pick(input, "Description"),
    ...routing,
    RevisionId: randomUUID(),
  } as Alias;
}
