import { ServiceError } from "../../answer";
import { scalar, type JsonObject, type RestOperation } from "../../toolkit";
import type { LambdaFunction } from "./function";
import { referredIn, withStatus, type Lambda } from "./lambda";
import { arnOf, notFound } from "./store";

/**
 * Who may invoke a function, version or alias.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function permissionOperations({ functions }: Lambda): Record<string, RestOperation> {
  return {
    "POST /2015-03-31/functions/{name}/policy": (request, context) => {
      const referred = referredIn(request, context);
      const owner = functions.named(referred);
      functions.version(referred);
      const { json } = request;
      const policy = policyOf(owner, referred.qualifier);
      const Sid = scalar(json.StatementId);
      if (policy.Statement.some((each) => (each as JsonObject).Sid === Sid)) {
        throw new ServiceError(
          "ResourceConflictException",
          `The statement id (${Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          409,
        );
      }
      const statement = {
        Sid,
        Effect: "Allow",
        Principal: principalOf(scalar(json.Principal)),
        Action: scalar(json.Action),
        Resource: arnOf(owner.region, owner.name, referred.qualifier),
        ...conditionOf(json),
      };
      policy.Statement.push(statement);
      return withStatus(context, 201, { Statement: JSON.stringify(statement) });
    },
    "GET /2015-03-31/functions/{name}/policy": (request, context) => {
      const referred = referredIn(request, context);
      const owner = functions.named(referred);
      const policy = policyOf(owner, referred.qualifier);
      if (policy.Statement.length === 0) {
        throw notFound("The resource you requested does not exist.");
      }
      const { RevisionId } = owner.latest.configuration;
      return { Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", ...policy }), RevisionId };
    },
    "DELETE /2015-03-31/functions/{name}/policy/{sid}": (request, context) => {
      const referred = referredIn(request, context);
      const policy = policyOf(functions.named(referred), referred.qualifier);
      const index = policy.Statement.findIndex((each) => (each as JsonObject).Sid === request.path.sid);
      if (index < 0) {
        throw notFound("Statement " + (request.path.sid ?? "") + " is not found in resource policy.");
      }
      policy.Statement.splice(index, 1);
      return withStatus(context, 204);
    },
  };
}

function policyOf(owner: LambdaFunction, qualifier = "$LATEST"): { Statement: object[] } {
  const policy = owner.policies.get(qualifier) ?? { Statement: [] };
  owner.policies.set(qualifier, policy);
  return policy;
}

function principalOf(principal: string): JsonObject | string {
  if (principal === "*") {
    return principal;
  }
  return principal.includes(".")
    ? { Service: principal }
    : { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal };
}

function conditionOf({
  SourceArn,
  SourceAccount,
  PrincipalOrgID,
  EventSourceToken,
  FunctionUrlAuthType,
}: JsonObject): JsonObject {
  const equals = Object.fromEntries(
    Object.entries({
      "AWS:SourceAccount": SourceAccount,
      "aws:PrincipalOrgID": PrincipalOrgID,
      "lambda:EventSourceToken": EventSourceToken,
      "lambda:FunctionUrlAuthType": FunctionUrlAuthType,
    }).filter(([, value]) => value !== undefined),
  );
  const Condition = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(SourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": SourceArn } }),
  };
  return Object.keys(Condition).length === 0 ? {} : { Condition };
}
