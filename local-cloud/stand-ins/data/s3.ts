import type { Answer } from "../../answer";
import { Context, scalar, type StandIn } from "../../toolkit";

/** Parts of a bucket of which moto forgets some settings, so that they are kept here as they were put. */
const keptParts = ["policy", "lifecycle", "replication"];

/**
 * S3: some settings of buckets are given back as they were put. Of policies moto gets only the
 * statements without a condition: it refuses every request that a conditional one could apply to,
 * whatever the condition says, so the usual "deny without TLS" would lock everyone out.
 */
export function s3(): StandIn {
  const documents = new Map<string, { body: Buffer; headers: Record<string, string> }>();
  return {
    service: "s3",
    concerns: (url) => keptParts.some((part) => url.searchParams.has(part)),
    answer: async (call, forward) => {
      const context = new Context(call, forward);
      const key = `${call.url.pathname}?${keptParts.find((part) => call.url.searchParams.has(part)) ?? ""}`;
      const isPolicy = call.url.searchParams.has("policy");
      if (call.method === "PUT") {
        const answer = await context.moto(isPolicy ? { body: withoutConditions(call.body) } : {});
        if (answer.status < 300) {
          documents.set(key, {
            body: plain(call.body, call.headers["content-encoding"]),
            headers: call.url.searchParams.has("lifecycle") ? lifecycleHeaders(call.headers) : {},
          });
        }
        return { ...answer, headers: { ...answer.headers, ...documents.get(key)?.headers } };
      }
      const answer = await context.moto();
      const kept = documents.get(key);
      if (call.method !== "GET" || answer.status >= 300 || kept === undefined) {
        return answer;
      }
      return { ...answer, body: kept.body, headers: { ...answer.headers, ...kept.headers } } satisfies Answer;
    },
  };
}

const minimumSize = "x-amz-transition-default-minimum-object-size";

function lifecycleHeaders(headers: Record<string, unknown>): Record<string, string> {
  return { [minimumSize]: scalar(headers[minimumSize], "all_storage_classes_128K") };
}

/** SDKs may send a body in signed chunks with a trailing checksum. */
function plain(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding?.includes("aws-chunked") !== true) {
    return body;
  }
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const end = body.indexOf("\r\n", position);
    const size = end < 0 ? 0 : Number.parseInt(body.toString("latin1", position, end), 16);
    if (!(size > 0)) {
      return Buffer.concat(chunks);
    }
    chunks.push(body.subarray(end + 2, end + 2 + size));
    position = end + 2 + size + 2;
  }
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Principal?: string | { readonly Service?: string | string[] };
  readonly Resource?: string | string[];
  readonly Condition?: unknown;
}

/**
 * The policy that moto enforces: what holds under any condition only. What a service is allowed
 * comes first, resource by resource and without conditions, which is how moto looks for the
 * permission to deliver access logs.
 */
function withoutConditions(policy: Buffer): Buffer {
  try {
    const document = JSON.parse(policy.toString("utf8")) as { Statement?: Statement | Statement[] };
    const statements = [document.Statement ?? []].flat();
    const forServices = statements.filter((each) => each.Effect === "Allow").flatMap(perService);
    const unconditional = statements.filter(({ Condition }) => Condition === undefined);
    return Buffer.from(JSON.stringify({ ...document, Statement: [...forServices, ...unconditional] }));
  } catch {
    return policy;
  }
}

function perService({ Effect, Action, Principal, Resource }: Statement): Statement[] {
  const services = typeof Principal === "object" ? [Principal.Service ?? []].flat() : [];
  const resources = [Resource ?? []].flat();
  return services.flatMap((Service) =>
    resources.map((each) => ({ Effect, Action, Principal: { Service }, Resource: each })),
  );
}
