import { ServiceError } from "../../answer";
import {
  objectAt,
  parseJson,
  scalar,
  type Context,
  type JsonObject,
  type RestOperation,
} from "../../toolkit";
import { changed, checkConfiguration, invalid, newVersion } from "./configuration";
import { codeOf } from "./code";
import type { Code, LambdaFunction, Version } from "./function";
import { referredIn, withStatus, type Lambda } from "./lambda";
import { arnOf, notFound, referenceOf } from "./store";

/**
 * Functions and their versions.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export function functionOperations(lambda: Lambda): Record<string, RestOperation> {
  const { functions, clock } = lambda;
  const now = (): Date => new Date(clock.now());
  return {
    "POST /2015-03-31/functions": async ({ json }, context) => {
      const { name } = referenceOf(scalar(json.FunctionName), context.region);
      if (functions.in(context.region).has(name)) {
        throw new ServiceError("ResourceConflictException", `Function already exist: ${name}`, 409);
      }
      checkConfiguration(json);
      const code = await givenCode(lambda, json, objectAt(json, "Code"), context);
      // moto knows the function, too: other services of moto ask for it, and it checks the role.
      const answer = await context.moto();
      if (answer.status >= 300) {
        return answer;
      }
      const created = newVersion(context.region, name, withVpc(json, parseJson(answer.body)), code, now());
      const made = newFunction(name, context.region, created, objectAt(json, "Tags"));
      functions.in(context.region).set(name, made);
      const version = json.Publish === true ? publish(made, undefined, now()) : made.latest;
      return withStatus(context, 201, version.configuration);
    },
    "GET /2015-03-31/functions": (_, { region }) => ({
      Functions: [...functions.in(region).values()].map(({ latest }) => latest.configuration),
    }),
    "GET /2015-03-31/functions/{name}": (request, context) => {
      const referred = referredIn(request, context);
      const { tags, reserved } = functions.named(referred);
      const { configuration, code } = functions.version(referred);
      return {
        Configuration: configuration,
        Code:
          code === undefined
            ? { RepositoryType: "ECR" }
            : {
                RepositoryType: "S3",
                Location: `https://awslambda-${context.region}-tasks.s3.amazonaws.com/local`,
              },
        ...(tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) }),
        ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
      };
    },
    "GET /2015-03-31/functions/{name}/configuration": (request, context) =>
      functions.version(referredIn(request, context)).configuration,
    "PUT /2015-03-31/functions/{name}/configuration": async (request, context) => {
      checkConfiguration(request.json);
      const owner = functions.named(referredIn(request, context));
      checkRevision(owner.latest, request.json);
      const answer = await context.moto();
      const input = answer.status < 300 ? withVpc(request.json, parseJson(answer.body)) : request.json;
      return replaceLatest(lambda, owner, changed(owner.latest, input, owner.latest.code, now()));
    },
    "PUT /2015-03-31/functions/{name}/code": async (request, context) => {
      const { json } = request;
      const owner = functions.named(referredIn(request, context));
      checkRevision(owner.latest, json);
      const packaged = { PackageType: owner.latest.configuration.PackageType };
      const code = await givenCode(lambda, packaged, json, context);
      const next = changed(owner.latest, json.Architectures === undefined ? {} : json, code, now());
      if (json.DryRun === true) {
        return next.configuration;
      }
      const configuration = replaceLatest(lambda, owner, next);
      return json.Publish === true ? publish(owner, undefined, now()).configuration : configuration;
    },
    "DELETE /2015-03-31/functions/{name}": async (request, context) => {
      const referred = referredIn(request, context);
      const owner = functions.named(referred);
      const { qualifier } = referred;
      if (qualifier !== undefined) {
        deleteVersion(lambda, owner, qualifier);
        return withStatus(context, 204);
      }
      functions.in(owner.region).delete(owner.name);
      [owner.latest, ...owner.versions.values()].forEach((version) => {
        lambda.pool.retire(version);
      });
      await context.moto();
      return withStatus(context, 204);
    },
    "POST /2015-03-31/functions/{name}/versions": (request, context) => {
      const owner = functions.named(referredIn(request, context));
      checkRevision(owner.latest, request.json);
      const sha = scalar(request.json.CodeSha256);
      if (sha !== "" && sha !== owner.latest.configuration.CodeSha256) {
        throw invalid(
          `CodeSHA256 (${sha}) is different from current CodeSHA256 in $LATEST (${scalar(owner.latest.configuration.CodeSha256)}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      const { Description } = request.json;
      return withStatus(context, 201, publish(owner, scalar(Description) || undefined, now()).configuration);
    },
    "GET /2015-03-31/functions/{name}/versions": (request, context) => {
      const { latest, versions } = functions.named(referredIn(request, context));
      const { FunctionArn } = latest.configuration;
      return {
        Versions: [
          { ...latest.configuration, FunctionArn: `${FunctionArn}:$LATEST` },
          ...[...versions.values()].map(({ configuration }) => configuration),
        ],
      };
    },
  };
}

function newFunction(name: string, region: string, latest: Version, tags: JsonObject): LambdaFunction {
  return {
    ...{ name, region, latest, arn: arnOf(region, name), nextVersion: 1 },
    versions: new Map(),
    aliases: new Map(),
    policies: new Map(),
    invokeConfigurations: new Map(),
    urls: new Map(),
    settings: new Map(),
    tags: new Map(Object.entries(tags).map(([key, value]) => [key, scalar(value)])),
  };
}

/** moto looks up which VPC the subnets are in. */
function withVpc(input: JsonObject, moto: JsonObject): JsonObject {
  const { VpcId } = objectAt(moto, "VpcConfig");
  return input.VpcConfig === undefined || VpcId === undefined
    ? input
    : { ...input, VpcConfig: { ...objectAt(input, "VpcConfig"), VpcId } };
}

async function givenCode(
  lambda: Lambda,
  { PackageType }: JsonObject,
  given: JsonObject,
  { region }: Context,
): Promise<Code | undefined> {
  if (PackageType === "Image") {
    return undefined;
  }
  if (given.ZipFile !== undefined) {
    return codeOf(Buffer.from(scalar(given.ZipFile), "base64"));
  }
  if (given.S3Bucket !== undefined) {
    const version = given.S3ObjectVersion === undefined ? "" : `?versionId=${scalar(given.S3ObjectVersion)}`;
    const key = scalar(given.S3Key).split("/").map(encodeURIComponent).join("/");
    try {
      const path = `/${scalar(given.S3Bucket)}/${key}${version}`;
      return await codeOf((await lambda.cloud.rest("s3", region, "GET", path)).body);
    } catch (error) {
      if (error instanceof ServiceError && error.code.startsWith("NoSuch")) {
        const { code, message } = error;
        throw invalid(`Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`);
      }
      throw error;
    }
  }
  throw invalid("Please provide a source for function code.");
}

function checkRevision({ configuration }: Version, { RevisionId }: JsonObject): void {
  if (RevisionId !== undefined && RevisionId !== configuration.RevisionId) {
    throw new ServiceError(
      "PreconditionFailedException",
      "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
      412,
    );
  }
}

function replaceLatest({ pool }: Lambda, owner: LambdaFunction, next: Version): JsonObject {
  const before = owner.latest;
  owner.latest = next;
  pool.retire(before);
  return next.configuration;
}

/**
 * Publishes what `$LATEST` is; the last version again when nothing has changed since.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
function publish(owner: LambdaFunction, description: string | undefined, now: Date): Version {
  const { latest, versions } = owner;
  const published = owner.settings.get("published")?.RevisionId;
  const last = [...versions.values()].at(-1);
  if (last !== undefined && published === latest.configuration.RevisionId) {
    return last;
  }
  const number = String(owner.nextVersion);
  owner.nextVersion += 1;
  const version: Version = {
    code: latest.code,
    configuration: {
      ...latest.configuration,
      Version: number,
      FunctionArn: arnOf(owner.region, owner.name, number),
      LastModified: now.toISOString().replace("Z", "+0000"),
      ...(description === undefined ? {} : { Description: description }),
    },
  };
  versions.set(number, version);
  owner.settings.set("published", { RevisionId: latest.configuration.RevisionId });
  return version;
}

function deleteVersion({ pool }: Lambda, owner: LambdaFunction, qualifier: string): void {
  const version = owner.versions.get(qualifier);
  if (version === undefined) {
    throw qualifier === "$LATEST"
      ? invalid("$LATEST version cannot be deleted without deleting the function.")
      : notFound(arnOf(owner.region, owner.name, qualifier));
  }
  const users = [...owner.aliases.values()].filter(
    ({ FunctionVersion, RoutingConfig }) =>
      FunctionVersion === qualifier || RoutingConfig?.AdditionalVersionWeights?.[qualifier] !== undefined,
  );
  if (users.length > 0) {
    throw new ServiceError(
      "ResourceConflictException",
      `Version ${qualifier} is referenced by aliases: ${users.map(({ Name }) => Name).join(", ")}`,
      409,
    );
  }
  owner.versions.delete(qualifier);
  pool.retire(version);
}
