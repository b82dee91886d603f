import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A comment or an issue as the server keeps it. */
export interface Kept {
  id: number;
  body: string;
  author: string;
  title?: string;
  state?: string;
  labels?: string[];
}

/** GitHub's and GitLab's endpoints for comments and issues over HTTP, in memory, with small pages. */
export class FakeForge {
  public readonly comments: Kept[] = [];
  public readonly issues: Kept[] = [];
  /** Every request: method and path. */
  public readonly requests: string[] = [];
  /** Tokens that were sent. */
  public readonly tokens = new Set<string>();
  /** Whether GitHub's token may ask who it is. */
  public mayAskWhoItIs = true;
  /** The status that every request gets; nothing while all is well. */
  public failure?: number;
  /** Numbers of pull requests by the commits that they were merged as. */
  public readonly mergedAs = new Map<string, number>();
  private readonly server: Server;

  public constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body, headers }) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(JSON.stringify(body));
      });
    });
  }

  public async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this.url;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<{ status: number; body: unknown; headers?: Record<string, string> }> {
    const url = new URL(request.url ?? "/", this.url);
    const path = decodeURIComponent(url.pathname);
    this.requests.push(`${request.method ?? ""} ${path}`);
    this.tokens.add(String(request.headers.authorization ?? request.headers["private-token"]));
    const content = await read(request);
    if (this.failure !== undefined) {
      return { status: this.failure, body: { message: "No luck" } };
    }
    const isGitlab = path.startsWith("/api/v4");
    if (path.endsWith("/user")) {
      return isGitlab || this.mayAskWhoItIs
        ? { status: 200, body: { login: "meridian-bot", username: "meridian-bot" } }
        : { status: 403, body: { message: "Resource not accessible by integration" } };
    }
    const commit = /\/commits\/(\w+)\/(?:pulls|merge_requests)$/.exec(path)?.[1];
    if (commit !== undefined) {
      return { status: 200, body: this.requestsOf(commit) };
    }
    const isComment = /\/(comments|notes)(\/|$)/.test(path);
    const list = isComment ? this.comments : this.issues;
    const id = Number(/(?:comments|notes|issues)\/(\d+)$/.exec(path)?.[1] ?? 0);
    if (request.method === "GET") {
      return this.page(list, url, isGitlab);
    }
    if (request.method === "POST") {
      const kept = { id: list.length + 1, author: "meridian-bot", state: "open", ...fields(content) };
      list.push(kept as Kept);
      return { status: 201, body: shown(kept as Kept, isGitlab) };
    }
    const kept = list.find((entry) => entry.id === id);
    if (kept === undefined) {
      return { status: 404, body: { message: "Not Found" } };
    }
    Object.assign(kept, fields(content));
    return { status: 200, body: shown(kept, isGitlab) };
  }

  /** What has a commit: the request that was merged as it, and every one that has it among its own. */
  private requestsOf(commit: string): object[] {
    const request = (number: number, merge: string | null) => ({
      number,
      iid: number,
      state: merge === null ? "opened" : "merged",
      merged_at: merge === null ? null : "2026-11-21T10:00:00Z",
      merge_commit_sha: merge,
      squash_commit_sha: null,
      sha: "f00",
    });
    const number = this.mergedAs.get(commit);
    return [request(7, null), request(8, "bad"), ...(number === undefined ? [] : [request(number, commit)])];
  }

  /** Ten a page, whatever is asked for: whoever does not follow the links misses the rest. */
  private page(list: readonly Kept[], url: URL, isGitlab: boolean) {
    const page = Number(url.searchParams.get("page") ?? 1);
    const last = Math.max(1, Math.ceil(list.length / 10));
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    const headers: Record<string, string> = page < last ? { link: `<${next.href}>; rel="next"` } : {};
    if (isGitlab) {
      headers["x-page"] = String(page);
      headers["x-next-page"] = page < last ? String(page + 1) : "";
    }
    const body = list.slice((page - 1) * 10, page * 10).map((kept) => shown(kept, isGitlab));
    return { status: 200, body, headers };
  }
}

function shown(kept: Kept, isGitlab: boolean) {
  const { id, body, author, title, state } = kept;
  return isGitlab
    ? {
        id,
        iid: id,
        body,
        description: body,
        title,
        author: { username: author },
        state: state === "open" ? "opened" : state,
      }
    : {
        id,
        number: id,
        body,
        title,
        state,
        user: { login: author, type: author.endsWith("bot") ? "Bot" : "User" },
      };
}

function fields(content: Record<string, unknown>): Partial<Kept> {
  const body = content.body ?? content.description;
  const event = content.state_event;
  const state = event === "close" ? "closed" : event === "reopen" ? "open" : content.state;
  return {
    ...(typeof body === "string" ? { body } : {}),
    ...(typeof content.title === "string" ? { title: content.title } : {}),
    ...(typeof state === "string" ? { state } : {}),
  };
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
  }
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
