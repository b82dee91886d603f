import { request, type IncomingMessage } from "node:http";

/** The whole body of a message. */
export async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Where a server of this machine listens: a port of loopback, or a Unix socket. */
export type Listener =
  { readonly host: "127.0.0.1"; readonly port: number } | { readonly socketPath: string };

/** Gets a page from this machine. Unlike `fetch` it refuses no port. */
export async function httpGet(listener: Listener, path: string): Promise<string> {
  return (await readAll(await ask("GET", listener, path))).toString("utf8");
}

/** Sends JSON to a path of loopback; throws what a refusal says. */
export async function httpPut(port: number, path: string, body: string): Promise<string> {
  const response = await ask("PUT", { host: "127.0.0.1", port }, path, body);
  const text = (await readAll(response)).toString("utf8");
  if (response.statusCode !== 200) {
    throw new Error(`127.0.0.1:${port}${path} answered ${response.statusCode ?? 0}: ${text}`);
  }
  return text;
}

function ask(method: string, listener: Listener, path: string, body = ""): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ ...listener, path, method, agent: false, timeout: 2_000 }, resolve)
      .once("timeout", function (this: { destroy(error: Error): void }) {
        this.destroy(new Error("no answer within 2 s"));
      })
      .once("error", reject)
      .end(body);
  });
}
