import { createHash } from "node:crypto";
import { mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "./answer";
import type { Call } from "./call";

/** Names the folder that calls are recorded in, to be checked against the API models. */
export const recordSetting = "MERIDIAN_RECORD_CALLS";

/** Names the test or program whose calls are recorded. */
export const recordLabelSetting = "MERIDIAN_RECORD_LABEL";

/** What says nothing of a call's input, or would make each call another one. */
const leftOut = new Set([
  ...["accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "connection"],
  ...["content-length", "content-md5", "host", "transfer-encoding", "user-agent", "x-amz-content-sha256"],
  ...["x-amz-date", "x-amz-security-token", "x-amz-user-agent", "x-amzn-trace-id"],
]);

/**
 * Writes each different call into a file of its own run, a line of JSON each: the request as it was sent, and
 * the answer where a stand-in made it.
 */
export class Recorder {
  private readonly seen = new Set<string>();
  private readonly file: number;

  /** Into a new file of the folder. */
  constructor(directory: string, instanceId: string, label: string) {
    mkdirSync(directory, { recursive: true });
    this.file = openSync(join(directory, `${instanceId}.jsonl`), "a");
    this.write({ label });
  }

  /** Records a call; with an answer, that of a stand-in. */
  record(call: Call, answer?: Answer): void {
    const { service, method, url, headers, body } = call;
    const line = {
      service,
      method,
      target: url.pathname + url.search,
      headers: kept(headers),
      body: body.toString("base64"),
      ...(answer !== undefined && answer.status < 300
        ? { answer: { headers: kept(answer.headers), body: answer.body.toString("base64") } }
        : {}),
    };
    const digest = createHash("sha256").update(JSON.stringify(line)).digest("base64");
    if (!this.seen.has(digest)) {
      this.seen.add(digest);
      this.write(line);
    }
  }

  /** At once: the process may be killed. */
  private write(line: object): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

function kept(headers: Call["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name, value]) => !leftOut.has(name) && value !== undefined)
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : (value ?? "")]),
  );
}
