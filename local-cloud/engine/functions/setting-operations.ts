import { ServiceError } from "../../answer";
import { objectAt, pick, scalar, type JsonObject, type RestOperation } from "../../toolkit";
import { invalid } from "./configuration";
import type { InvokeConfiguration } from "./function";
import { accountConcurrency } from "./invoker";
import { referredIn, withStatus, type Lambda } from "./lambda";
import { arnOf, notFound, referenceOf } from "./store";

/** What must stay for functions without a reservation; see API_PutFunctionConcurrency.html. */
const leastUnreserved = 100;

/** Concurrency, asynchronous invocation, tags, and settings that are kept as they are put. */
export function settingOperations(lambda: Lambda): Record<string, RestOperation> {
  return {
    ...concurrencyOperations(lambda),
    ...invokeConfigurationOperations(lambda),
    ...keptOperations(lambda),
    ...tagOperations(lambda),
    "GET /2016-08-19/account-settings": (_, { region }) => ({
      AccountLimit: {
        TotalCodeSize: 80_530_636_800,
        CodeSizeUnzipped: 262_144_000,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: accountConcurrency,
        UnreservedConcurrentExecutions: accountConcurrency - reservedIn(lambda, region),
      },
      AccountUsage: { TotalCodeSize: 0, FunctionCount: lambda.functions.in(region).size },
    }),
  };
}

function reservedIn({ functions }: Lambda, region: string, without?: string): number {
  return [...functions.in(region).values()]
    .filter(({ name }) => name !== without)
    .reduce((sum, { reserved = 0 }) => sum + reserved, 0);
}

function concurrencyOperations(lambda: Lambda): Record<string, RestOperation> {
  const { functions } = lambda;
  return {
    "PUT /2017-10-31/functions/{name}/concurrency": (request, context) => {
      const owner = functions.named(referredIn(request, context));
      const wanted = Number(request.json.ReservedConcurrentExecutions);
      const left = accountConcurrency - reservedIn(lambda, owner.region, owner.name) - wanted;
      if (!(wanted >= 0) || left < leastUnreserved) {
        throw invalid(
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${leastUnreserved}].`,
        );
      }
      owner.reserved = wanted;
      return { ReservedConcurrentExecutions: wanted };
    },
    "GET /2019-09-30/functions/{name}/concurrency": (request, context) => {
      const { reserved } = functions.named(referredIn(request, context));
      return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
    },
    "DELETE /2017-10-31/functions/{name}/concurrency": (request, context) => {
      functions.named(referredIn(request, context)).reserved = undefined;
      return withStatus(context, 204);
    },
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
function invokeConfigurationOperations({ functions, clock }: Lambda): Record<string, RestOperation> {
  const put =
    (keep: boolean): RestOperation =>
    (request, context) => {
      const referred = referredIn(request, context);
      const owner = functions.named(referred);
      functions.version(referred);
      const { json } = request;
      const qualifier = referred.qualifier ?? "$LATEST";
      const problems = [
        ...(Number(json.MaximumRetryAttempts ?? 0) > 2
          ? ["MaximumRetryAttempts must be between 0 and 2"]
          : []),
        ...(Number(json.MaximumEventAgeInSeconds ?? 60) < 60 ||
        Number(json.MaximumEventAgeInSeconds ?? 60) > 21_600
          ? ["MaximumEventAgeInSeconds must be between 60 and 21600"]
          : []),
      ];
      if (problems.length > 0) {
        throw invalid(problems.join("; "));
      }
      const configuration: InvokeConfiguration = {
        ...(keep
          ? owner.invokeConfigurations.get(qualifier)
          : { DestinationConfig: { OnSuccess: {}, OnFailure: {} } }),
        ...pick(json, "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig"),
        FunctionArn: `${arnOf(owner.region, owner.name)}:${qualifier}`,
        LastModified: clock.now() / 1000,
      };
      owner.invokeConfigurations.set(qualifier, configuration);
      return configuration;
    };
  const path = "/2019-09-25/functions/{name}/event-invoke-config";
  const found: RestOperation = (request, context) => {
    const referred = referredIn(request, context);
    const kept = functions.named(referred).invokeConfigurations.get(referred.qualifier ?? "$LATEST");
    if (kept === undefined) {
      throw notFound(`The function ${scalar(request.path.name)} doesn't have an EventInvokeConfig`);
    }
    return kept;
  };
  return {
    [`PUT ${path}`]: put(false),
    [`POST ${path}`]: put(true),
    [`GET ${path}/list`]: (request, context) => ({
      FunctionEventInvokeConfigs: [
        ...functions.named(referredIn(request, context)).invokeConfigurations.values(),
      ],
    }),
    [`GET ${path}`]: found,
    [`DELETE ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      functions.named(referred).invokeConfigurations.delete(referred.qualifier ?? "$LATEST");
      return withStatus(context, 204);
    },
  };
}

/** Settings that nothing here acts on: how they come back where they were never put. */
function keptOperations({ functions }: Pick<Lambda, "functions">): Record<string, RestOperation> {
  const kept = (
    kind: string,
    path: string,
    initial: JsonObject,
    status = 200,
  ): Record<string, RestOperation> => ({
    [`PUT ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      const value = {
        ...initial,
        FunctionArn: functions.version(referred).configuration.FunctionArn,
        ...request.json,
      };
      functions.named(referred).settings.set(`${kind} ${referred.qualifier ?? ""}`, value);
      return withStatus(context, status, value);
    },
    [`GET ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      const { FunctionArn } = functions.version(referred).configuration;
      const value = functions.named(referred).settings.get(`${kind} ${referred.qualifier ?? ""}`);
      return value ?? { ...initial, FunctionArn };
    },
  });
  return {
    ...kept("runtime", "/2021-07-20/functions/{name}/runtime-management-config", { UpdateRuntimeOn: "Auto" }),
    ...kept("recursion", "/2024-08-31/functions/{name}/recursion-config", { RecursiveLoop: "Terminate" }),
    "GET /2020-06-30/functions/{name}/code-signing-config": (request, context) => ({
      FunctionName: functions.named(referredIn(request, context)).name,
      CodeSigningConfigArn: "",
    }),
    ...provisioned({ functions }),
    ...urls({ functions }),
  };
}

function provisioned({ functions }: Pick<Lambda, "functions">): Record<string, RestOperation> {
  const path = "/2019-09-30/functions/{name}/provisioned-concurrency";
  return {
    [`PUT ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      const wanted = Number(request.json.ProvisionedConcurrentExecutions);
      const value = {
        RequestedProvisionedConcurrentExecutions: wanted,
        AvailableProvisionedConcurrentExecutions: wanted,
        AllocatedProvisionedConcurrentExecutions: wanted,
        Status: "READY",
        LastModified: new Date().toISOString(),
      };
      functions.version(referred);
      functions.named(referred).settings.set(`provisioned ${referred.qualifier ?? ""}`, value);
      return withStatus(context, 202, value);
    },
    [`GET ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      const value = functions.named(referred).settings.get(`provisioned ${referred.qualifier ?? ""}`);
      if (value === undefined) {
        throw new ServiceError(
          "ProvisionedConcurrencyConfigNotFoundException",
          "No Provisioned Concurrency Config found for this function",
          404,
        );
      }
      return value;
    },
    [`DELETE ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      functions.named(referred).settings.delete(`provisioned ${referred.qualifier ?? ""}`);
      return withStatus(context, 204);
    },
  };
}

function urls({ functions }: Pick<Lambda, "functions">): Record<string, RestOperation> {
  const path = "/2021-10-31/functions/{name}/url";
  const put =
    (status: number): RestOperation =>
    (request, context) => {
      const referred = referredIn(request, context);
      const owner = functions.named(referred);
      const id = Buffer.from(`${owner.arn}${referred.qualifier ?? ""}`)
        .toString("hex")
        .slice(-32);
      const value = {
        InvokeMode: "BUFFERED",
        CreationTime: new Date().toISOString(),
        ...owner.urls.get(referred.qualifier ?? ""),
        ...request.json,
        FunctionUrl: `https://${id}.lambda-url.${owner.region}.on.aws/`,
        FunctionArn: arnOf(owner.region, owner.name, referred.qualifier),
        LastModifiedTime: new Date().toISOString(),
      };
      owner.urls.set(referred.qualifier ?? "", value);
      return withStatus(context, status, value);
    };
  return {
    [`POST ${path}`]: put(201),
    [`PUT ${path}`]: put(200),
    [`GET ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      const value = functions.named(referred).urls.get(referred.qualifier ?? "");
      if (value === undefined) {
        throw notFound("The resource you requested does not exist.");
      }
      return value;
    },
    [`DELETE ${path}`]: (request, context) => {
      const referred = referredIn(request, context);
      functions.named(referred).urls.delete(referred.qualifier ?? "");
      return withStatus(context, 204);
    },
  };
}

function tagOperations({ functions, mappingTags }: Lambda): Record<string, RestOperation> {
  const path = "/2017-03-31/tags/{arn}";
  const tagsOf = (arn: string, region: string): Map<string, string> | undefined =>
    arn.includes(":function:")
      ? functions.named({ ...referenceOf(arn, region), qualifier: undefined }).tags
      : mappingTags.get(arn);
  return {
    [`POST ${path}`]: ({ path: { arn = "" }, json }, context) => {
      const tags = tagsOf(arn, context.region);
      Object.entries(objectAt(json, "Tags")).forEach(([key, value]) => tags?.set(key, scalar(value)));
      return tags === undefined ? undefined : withStatus(context, 204);
    },
    [`GET ${path}`]: ({ path: { arn = "" } }, context) => {
      const tags = tagsOf(arn, context.region);
      return tags === undefined ? undefined : { Tags: Object.fromEntries(tags) };
    },
    [`DELETE ${path}`]: ({ path: { arn = "" }, query }, context) => {
      const tags = tagsOf(arn, context.region);
      query.getAll("tagKeys").forEach((key) => tags?.delete(key));
      return tags === undefined ? undefined : withStatus(context, 204);
    },
  };
}
