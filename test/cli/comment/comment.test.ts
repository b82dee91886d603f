import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildReport, commentLimit, type PlanReport } from "../../../analysis/report";
import {
  commentCommand,
  type ForgeTarget,
  forgeFor,
  markOf,
  postDrift,
  postPreflight,
  postReport,
  targetOf,
} from "../../../cli/comment";
import type { Finding } from "../../../cli/preflight";
import { largePlan } from "../../analysis/support/large-plan";
import { fakeContext } from "../support/fake-context";
import { FakeForge } from "./fake-forge";

const directory = mkdtempSync(join(tmpdir(), "meridian-comment-"));

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const empty = buildReport({ environment: "prod", stacks: [{ name: "prod-edge" }] });

const change = buildReport({
  environment: "prod",
  stacks: [
    {
      name: "prod-edge",
      plan: {
        resource_changes: [
          {
            address: "aws_s3_bucket.Logs",
            type: "aws_s3_bucket",
            change: { actions: ["delete"], before: {} },
          },
        ],
      },
    },
  ],
});

describe.each(["github", "gitlab"] as const)("Reports on %s", (provider) => {
  let forge: FakeForge;
  let target: ForgeTarget;

  beforeEach(async () => {
    forge = new FakeForge();
    const url = await forge.listen();
    target = {
      provider,
      url,
      repository: provider === "github" ? "acme/platform" : "17",
      number: 42,
      token: "t0ken",
    };
  });

  afterEach(async () => {
    await forge.close();
  });

  const post = async (...reports: PlanReport[]) => postReport(await forgeFor(target), { reports });

  it("are one comment, which later runs update", async () => {
    expect(await post(change)).toBe("created");
    expect(await post(change)).toBe("unchanged");
    expect(await post(empty)).toBe("updated");

    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toBe("<!-- meridian: plan -->\n## `prod`: nothing changes\n");
    expect([...forge.tokens].every((token) => token.includes("t0ken"))).toBe(true);
  });

  it("say nothing while there is nothing to say", async () => {
    expect(await post(empty)).toBe("nothing to say");
    expect(forge.comments).toEqual([]);
  });

  it("are found behind more comments than one page holds", async () => {
    for (let id = 1; id <= 25; id += 1) {
      forge.comments.push({ id, body: `remark ${id}`, author: "ada" });
    }
    await post(change);
    await post(empty);

    expect(forge.comments).toHaveLength(26);
    expect(forge.comments[25]?.body).toContain("nothing changes");
  });

  it("leave a comment alone that somebody else began with our mark", async () => {
    forge.comments.push({ id: 1, body: `${markOf("plan")}\nmine`, author: "mallory" });
    expect(await post(change)).toBe("created");
    expect(forge.comments[0]?.body).toContain("mine");
  });

  it("fit into a comment however large the plan is", async () => {
    const plan = largePlan(0.2);
    await post(buildReport({ environment: "prod", stacks: [{ name: "prod-edge", plan }] }));
    expect(Buffer.byteLength(forge.comments[0]?.body ?? "")).toBeLessThan(commentLimit);
  });

  it("keep one issue for drift: opened, left, closed, opened again", async () => {
    const client = await forgeFor(target);
    expect(await postDrift(client, empty)).toBe("nothing to say");
    expect(await postDrift(client, change)).toBe("created");
    expect(await postDrift(client, change)).toBe("unchanged");
    expect(await postDrift(client, empty)).toBe("closed");
    expect(forge.issues.map(({ state }) => state)).toEqual(["closed"]);
    expect(await postDrift(client, change)).toBe("updated");
    expect(forge.issues.map(({ state, title }) => `${title ?? ""} ${state ?? ""}`)).toEqual([
      "Drift in prod open",
    ]);
  });

  const preflightOf = (...findings: Finding[]) => ({ environment: "prod", findings });

  it("keep one issue for what a preflight finds, beside the one for drift", async () => {
    const client = await forgeFor(target);
    const expiring = preflightOf(
      { result: "ok", where: "global", what: "zone example.com", got: "delegated" },
      {
        result: "warn",
        where: "eu-west-1",
        what: "certificate shown for api.example.com",
        got: "it expires on 2026-12-01, in 10 days",
        remedy: "Its renewal has failed.\nAsk @ada.",
      },
    );

    expect(await postPreflight(client, preflightOf())).toBe("nothing to say");
    expect(await postPreflight(client, expiring)).toBe("created");
    expect(await postDrift(client, change)).toBe("created");
    expect(await postPreflight(client, expiring)).toBe("unchanged");
    expect(forge.issues[0]?.body).toBe(
      [
        "<!-- meridian: preflight prod -->",
        "The preflight of prod found what a deploy or users may run into:",
        "",
        "- **warn** `eu-west-1`: certificate shown for `api.example.com`: it expires on `2026-12-01`, in 10 days  ",
        "  Its renewal has failed.  ",
        "  Ask `@ada.`",
        "",
        "`meridian preflight prod` asks again.",
        "",
      ].join("\n"),
    );
    expect(await postPreflight(client, preflightOf())).toBe("closed");
    expect(forge.issues.map(({ title, state }) => `${title ?? ""} ${state ?? ""}`)).toEqual([
      "Preflight of prod closed",
      "Drift in prod open",
    ]);
  });

  it("say in the issue what a preflight could not ask, and how many findings have no room", async () => {
    const finding = { where: "global", what: "zone", got: "x".repeat(900) } as const;
    const client = await forgeFor(target);

    await postPreflight(
      client,
      preflightOf(...Array.from({ length: 200 }, () => ({ ...finding, result: "unknown" as const }))),
    );

    const body = forge.issues[0]?.body ?? "";
    expect(Buffer.byteLength(body)).toBeLessThan(commentLimit);
    expect(/^- \d+ more findings$/m.test(body)).toBe(true);
  });

  /** Runs the command, and gives what it refuses with. */
  async function refused(url: string): Promise<{ message: string; remedy?: string }> {
    const file = join(directory, `${provider}-refused.json`);
    writeFileSync(file, JSON.stringify(change));
    const token = provider === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
    const context = fakeContext([], { variables: { [token]: "t0ken" } });
    const options = [
      "--provider",
      provider,
      "--url",
      url,
      "--repository",
      target.repository,
      "--number",
      "42",
    ];
    return commentCommand(context, () => undefined)
      .parseAsync([file, ...options], { from: "user" })
      .then(
        () => Promise.reject(new Error("expected a refusal")),
        (error: unknown) => error as { message: string; remedy?: string },
      );
  }

  it("blame the token only where the forge refuses it", async () => {
    forge.failure = 403;

    const { message, remedy } = await refused(forge.url);

    expect(message).toContain(`${forge.url} refused the report (HTTP 403): `);
    expect(remedy).toMatch(/^The token needs to write pull requests/);
  });

  it("say that nobody answers where nobody does", async () => {
    const { url } = forge;
    await forge.close();

    const { message, remedy } = await refused(url);
    await forge.listen();

    expect(message).toContain(`${url} cannot be reached: `);
    expect(remedy).toBe(
      "Check --url, and that this machine reaches it (proxy, firewall, DNS); then run the command again.",
    );
  });

  it("are posted by the command, from files", async () => {
    const file = join(directory, `${provider}.json`);
    writeFileSync(file, JSON.stringify(change));
    const token = provider === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
    const context = fakeContext([], { variables: { [token]: "t0ken" } });
    const codes: number[] = [];
    const command = commentCommand(context, (code) => codes.push(code));
    const options = [
      "--provider",
      provider,
      "--url",
      forge.url,
      "--repository",
      target.repository,
      "--number",
      "42",
    ];

    await command.parseAsync([file, ...options], { from: "user" });

    expect(codes).toEqual([0]);
    expect(context.written.out).toBe("comment: created\n");
    expect(forge.comments[0]?.body).toContain("1 to destroy");
  });

  /** Runs the command on the result of a preflight. */
  async function postAsked(...options: readonly string[]): Promise<string> {
    const file = join(directory, `${provider}.preflight.json`);
    const finding = { result: "block", where: "global", what: "quota", got: "used up" };
    writeFileSync(
      file,
      JSON.stringify({ command: "preflight", environment: "prod", exitCode: 1, findings: [finding] }),
    );
    const token = provider === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
    const context = fakeContext([], { variables: { [token]: "t0ken" } });
    const place = ["--provider", provider, "--url", forge.url, "--repository", target.repository];
    await commentCommand(context, () => undefined).parseAsync([file, ...place, ...options], { from: "user" });
    return context.written.out;
  }

  it("keep an issue for the result that a preflight wrote", async () => {
    expect(await postAsked("--issues")).toBe("preflight of prod: created\n");
    expect(forge.issues[0]?.body).toContain("- **block** global: quota: used up");
  });

  it("refuse to write the result of a preflight as a comment", async () => {
    await expect(postAsked("--number", "42")).rejects.toMatchObject({
      message: "Results of preflights are kept as issues, not written as comments.",
      remedy: "Add --issues, or leave them out.",
    });
    expect(forge.requests).toEqual([]);
  });

  /** Runs the command on the report of a deploy. */
  async function postDeployed(commit: string, state: "done" | "failed"): Promise<string> {
    const file = join(directory, `${provider}-deploy.json`);
    writeFileSync(
      file,
      JSON.stringify({ version: 1, kind: "deploy", environment: "prod", state, stacks: [] }),
    );
    const token = provider === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
    const context = fakeContext([], { variables: { [token]: "t0ken" } });
    const place = ["--provider", provider, "--url", forge.url, "--repository", target.repository];
    await commentCommand(context, () => undefined).parseAsync([file, ...place, "--commit", commit], {
      from: "user",
    });
    return context.written.out;
  }

  it("of a deploy go to the pull request that was merged as its commit, as one comment", async () => {
    forge.mergedAs.set("abc", 42);

    expect(await postDeployed("abc", "failed")).toBe("prod: created\n");
    expect(await postDeployed("abc", "failed")).toBe("prod: unchanged\n");
    expect(await postDeployed("abc", "done")).toBe("prod: updated\n");
    expect(forge.comments.map(({ body }) => body)).toEqual([
      "<!-- meridian: deploy prod -->\n## `prod`: deployed\n",
    ]);
    expect(forge.requests.find((request) => /^(POST|PUT|PATCH)/.test(request))).toMatch(/\/42\//);
  });

  it("of a deploy go nowhere where its commit came without a pull request", async () => {
    forge.mergedAs.set("abc", 42);

    expect(await postDeployed("def", "done")).toBe(
      "No pull request was merged as def: nothing is written.\n",
    );
    expect(forge.comments).toEqual([]);
  });
});

describe("A workflow's token on GitHub", () => {
  it("finds its comment although it may not ask who it is", async () => {
    const forge = new FakeForge();
    forge.mayAskWhoItIs = false;
    const url = await forge.listen();
    const target = { provider: "github", url, repository: "acme/platform", number: 7, token: "x" } as const;
    await postReport(await forgeFor(target), { reports: [change] });
    await postReport(await forgeFor(target), { reports: [empty] });
    await forge.close();
    expect(forge.comments).toHaveLength(1);
  });
});

describe("Where to post", () => {
  it("is read from GitHub Actions", () => {
    const variables = {
      GITHUB_REPOSITORY: "acme/platform",
      GITHUB_REF: "refs/pull/42/merge",
      GITHUB_TOKEN: "t",
    };
    expect(targetOf({}, variables)).toEqual({
      provider: "github",
      url: "https://api.github.com",
      repository: "acme/platform",
      number: 42,
      token: "t",
    });
  });

  it("is read from GitLab CI", () => {
    const variables = {
      GITLAB_CI: "true",
      CI_PROJECT_ID: "17",
      CI_MERGE_REQUEST_IID: "42",
      GITLAB_TOKEN: "t",
    };
    expect(targetOf({}, variables)).toEqual({
      provider: "gitlab",
      url: "https://gitlab.com",
      repository: "17",
      number: 42,
      token: "t",
    });
  });

  it.each([
    [{ provider: "bitbucket" }, {}, "There is no provider 'bitbucket'."],
    [{}, { GITHUB_TOKEN: "t" }, "The repository is not known."],
    [{ repository: "a/b" }, { GITHUB_TOKEN: "t" }, "The pull request is not known."],
    [{ repository: "a/b", number: "x" }, { GITHUB_TOKEN: "t" }, "'x' is not the number of a pull request."],
    [{ repository: "a/b", number: "1" }, {}, "The token is not known."],
  ])("refuses %j with %j", (options, variables, message) => {
    expect(() => targetOf(options, variables)).toThrow(message);
  });

  it("refuses a key that would end the hidden comment", () => {
    expect(() => markOf("a --> b")).toThrow("The comment's key 'a --> b' cannot be hidden in a comment.");
  });
});
