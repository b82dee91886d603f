import { get } from "node:http";
import type { IncomingMessage } from "node:http";

/** The whole body of a message. */
export async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Gets a page from loopback. Unlike `fetch` it refuses no port. */
export async function httpGet(port: number, path: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, agent: false, timeout: 2_000 }, resolve)
      .once("timeout", function (this: { destroy(error: Error): void }) {
        this.destroy(new Error("no answer within 2 s"));
      })
      .once("error", reject);
  });
  return (await readAll(response)).toString("utf8");
}
