import { ServiceError, type Answer } from "../../answer";
import type { Context, RestOperation, RestRequest } from "../../toolkit";
import { referredIn, withStatus, type Lambda } from "./lambda";

/** The most bytes of an event; see API_Invoke.html. */
const limits = { RequestResponse: 6_291_456, Event: 1_048_576 };

/**
 * Runs functions, and waits for them or not.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function invokeOperation(lambda: Lambda): Record<string, RestOperation> {
  return {
    "POST /2015-03-31/functions/{name}/invocations": (request, context) => {
      const { headers, body } = context.call;
      const type = String(headers["x-amz-invocation-type"] ?? "RequestResponse");
      if (type === "DryRun") {
        lambda.functions.version(referredIn(request, context));
        return withStatus(context, 204);
      }
      const limit = type === "Event" ? limits.Event : limits.RequestResponse;
      if (body.length > limit) {
        throw new ServiceError(
          "RequestTooLargeException",
          `${body.length} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`,
          413,
        );
      }
      const payload = body.length === 0 ? Buffer.from("{}") : body;
      return type === "Event"
        ? accept(lambda, request, context, payload)
        : run(lambda, request, context, payload);
    },
  };
}

function clientContextIn({ call }: Context): string | undefined {
  const given = call.headers["x-amz-client-context"];
  return typeof given === "string" ? Buffer.from(given, "base64").toString("utf8") : undefined;
}

function accept(lambda: Lambda, request: RestRequest, context: Context, payload: Buffer): Answer {
  const requestId = lambda.asynchronous.accept(
    referredIn(request, context),
    payload,
    clientContextIn(context),
  );
  return { status: 202, headers: { "x-amzn-requestid": requestId }, body: Buffer.alloc(0) };
}

async function run(lambda: Lambda, request: RestRequest, context: Context, payload: Buffer): Promise<Answer> {
  const invocable = lambda.functions.invocable(referredIn(request, context));
  const clientContext = clientContextIn(context);
  const invoked = await lambda.invoker.invoke(invocable, payload, { clientContext });
  const { requestId, executedVersion, failed, lines } = invoked;
  const tail = Buffer.from(`${lines.join("\n")}\n`)
    .subarray(-4_096)
    .toString("base64");
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amz-executed-version": executedVersion,
      ...(failed ? { "x-amz-function-error": "Unhandled" } : {}),
      ...(context.call.headers["x-amz-log-type"] === "Tail" ? { "x-amz-log-result": tail } : {}),
    },
    body: invoked.payload,
  };
}
