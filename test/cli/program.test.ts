import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import type { LocalCloudStatus, Switch } from "../../local-cloud";
import type { LocalCloud } from "../../cli/session/context";
import { run } from "../../cli/program";
import { synthesize } from "../../cli/session/synthesis";
import { ValidationError } from "../../core";
import { devEnvironment, type FakeContext, fakeContext } from "./support/fake-context";
import { type FixtureStack, s3Stack, writeStacks } from "./support/fixture-stacks";

const status: LocalCloudStatus = {
  endpoint: "http://127.0.0.1:4566",
  pid: 42,
  instanceId: "i-1",
  startedAt: "2026-11-20T12:00:00.000Z",
  logFile: "/x/cloud.log",
  unkind: [],
};

function cloud(running: LocalCloudStatus | undefined): LocalCloud {
  return {
    start: () => Promise.resolve(status),
    stop: () => Promise.resolve(running !== undefined),
    status: () => Promise.resolve(running),
    environment: ({ endpoint }) => ({ AWS_ENDPOINT_URL: endpoint, AWS_PROFILE: "" }),
    setUnkindness: (before, names) => Promise.resolve({ ...before, unkind: names as Switch[] }),
    switches: () => ({ throttling: "calls are refused", quotas: "little fits" }),
  };
}

async function meridian(
  context: FakeContext,
  ...args: string[]
): Promise<{ exitCode: number; out: string; err: string }> {
  const exitCode = await run(context, args);
  return {
    exitCode,
    out: stripVTControlCharacters(context.written.out),
    err: stripVTControlCharacters(context.written.err),
  };
}

describe("meridian", () => {
  it("lists environments", async () => {
    const { exitCode, out } = await meridian(fakeContext(), "environments");

    expect(exitCode).toBe(0);
    expect(out).toBe(`Environment  Account       Target  Regions    Deletion protection
dev          111122223333  aws     eu-west-1  off
`);
  });

  it("guesses no environment where none was likely meant", async () => {
    const { exitCode, err } = await meridian(fakeContext(), "plan", "zzzzzz");

    expect(exitCode).toBe(2);
    expect(err).toBe("Error: There is no environment 'zzzzzz'.\nTo do: There are: dev.\n");
  });

  it.each([
    [
      "EROFS",
      "The file system is read-only. Run in a checkout that can be written; Meridian writes below .meridian/.",
    ],
    [
      "ENOSPC",
      "The disk is full. Free some space (old logs and plans are below .meridian/), then run the command again.",
    ],
  ])("says what to do about %s, without a stack trace", async (code, remedy) => {
    const error = Object.assign(new Error(`${code}: mkdir '/x/.meridian'`), { code });
    const { exitCode, err } = await meridian(
      fakeContext([], { synthesize: () => Promise.reject(error) }),
      "synth",
      "dev",
    );

    expect(exitCode).toBe(1);
    expect(err).toBe(`Error: ${code}: mkdir '/x/.meridian'\nTo do: ${remedy}\n`);
  });

  it("shows where an environment's file does not parse, without a stack trace", async () => {
    const message = 'Transform failed with 1 error:\n/x/environments/dev.ts:3:5: ERROR: Expected "}"';
    const error = Object.assign(new Error(message), { name: "TransformError" });
    const { exitCode, err } = await meridian(
      fakeContext([], { environments: () => Promise.reject(error) }),
      "environments",
    );

    expect(exitCode).toBe(1);
    expect(err).toBe(`Error: ${message}\n`);
  });

  it("names the file whose import leads nowhere, without a stack trace", async () => {
    const { exitCode, err } = await meridian(
      fakeContext([], {
        environments: () =>
          Promise.reject(
            Object.assign(
              new Error("Cannot find module './nowhere'\nRequire stack:\n- /x/environments/dev.ts"),
              {
                code: "MODULE_NOT_FOUND",
                requireStack: ["/x/environments/dev.ts", "/x/cli/main.ts"],
              },
            ),
          ),
      }),
      "environments",
    );

    expect(exitCode).toBe(1);
    expect(err).toBe(
      "Error: Cannot find module './nowhere', which is imported in /x/environments/dev.ts\n" +
        "To do: Correct the import, or install what it names (`npm ci`).\n",
    );
  });

  it.each(["0", "65536", "99999", "http"])("refuses the port %s of the local cloud", async (port) => {
    const { exitCode, err } = await meridian(fakeContext(), "local", "start", "--port", port);

    expect(exitCode).toBe(2);
    expect(err).toMatch(
      /^Error: option '--port <number>' argument '\w+' is invalid\. Give a (whole number above zero|number from 1 to 65535, or none for a free port)\.\n\(--help shows the options\)\n$/,
    );
  });

  it("says why the local cloud did not start, without a stack trace", async () => {
    const localCloud = {
      ...cloud(undefined),
      start: () => Promise.reject(new Error("there is no moto_server")),
    };
    const context = fakeContext([], { localCloud });
    const { exitCode, err } = await meridian(context, "local", "start", "--port", "80");

    expect(exitCode).toBe(1);
    expect(err).toBe(
      "Error: The local cloud did not start: there is no moto_server\n" +
        `To do: \`meridian doctor\` says what this machine lacks; logs are in ${context.workspace.localCloud}/logs.\n`,
    );
  });

  it("synthesizes and says what changed", async () => {
    const stacks: FixtureStack[] = [{ name: "dev-eu" }];
    const context = fakeContext(stacks);

    await meridian(context, "synth");
    context.written.out = "";
    const { out } = await meridian(context, "synth", "dev");

    expect(out).toContain("dev-eu  0          the same");
  });

  it.each([
    ["synth", "dev"],
    ["plan", "dev"],
  ])(
    "passes to the synthesis of %s by which day blocked addresses have expired",
    async (command, environment) => {
      const days: (string | undefined)[] = [];
      const stacks: FixtureStack[] = [{ name: "dev-eu" }];
      const context = fakeContext(stacks);
      const listening = {
        ...context,
        synthesize: (_name: string, directory: string, day?: string) => {
          days.push(day);
          writeStacks(directory, stacks);
          return Promise.resolve();
        },
      };

      await meridian(listening, command, environment, "--block-list-day", "2026-11-30");

      expect(days).toEqual(["2026-11-30"]);
    },
  );

  it("names the nearest environment of a misspelt one", async () => {
    expect(await meridian(fakeContext(), "plan", "dve")).toEqual({
      exitCode: 2,
      out: "",
      err: "Error: There is no environment 'dve'.\nTo do: Did you mean 'dev'? There are: dev.\n",
    });
  });

  it.each([
    [["paln", "dev"], "Error: unknown command 'paln'\n(Did you mean plan?)"],
    [["plan"], "Error: missing required argument 'env'"],
    [["plan", "dev", "more"], "Error: too many arguments for 'plan'. Expected 1 argument but got 2."],
    [["plan", "dve"], "Error: There is no environment 'dve'.\nTo do: Did you mean 'dev'? There are: dev.\n"],
    [["deploy", "dev", "--auto-aprove"], "unknown option '--auto-aprove'\n(Did you mean --auto-approve?)"],
    [["plan", "dev", "--stack"], "Error: option '--stack <glob...>' argument missing"],
    [
      ["plan", "dev", "--stack", "dve-eu"],
      "Error: No stack matches 'dve-eu'.\nTo do: Did you mean 'dev-eu'? There are: dev-eu, dev-us.\n",
    ],
    [
      ["plan", "dev", "--stack", "prod-*"],
      "Error: No stack matches 'prod-*'.\nTo do: There are: dev-eu, dev-us.\n",
    ],
    ...[["unlock"], ["state", "list"], ["state", "restore"]].map((command): [string[], string] => [
      [
        ...[...command, "dev", "dve-eu"],
        ...(command.includes("restore") ? ["v1"] : []),
        ...(command.includes("list") ? [] : ["--auto-approve"]),
      ],
      "Error: There is no stack 'dve-eu'.\nTo do: Did you mean 'dev-eu'? There are: dev-eu, dev-us.\n",
    ]),
    [
      ["plan", "dev", "--parallelism", "-3"],
      "Error: option '--parallelism <number>' argument '-3' is invalid. Give a whole number above zero.",
    ],
    [
      ["plan", "dev", "--parallelism", "0"],
      "Error: option '--parallelism <number>' argument '0' is invalid. Give a whole number above zero.",
    ],
    [
      ["plan", "dev", "--lock-timeout", "-5s"],
      "Error: option '--lock-timeout <duration>' argument '-5s' is invalid. Give a duration such as 30s, 10m or 1h30m.",
    ],
    [
      ["synth", "dev", "--block-list-day", "2026-02-31"],
      "Error: option '--block-list-day <day>' argument '2026-02-31' is invalid. Give a day that exists, such as 2026-11-30.",
    ],
    [
      ["deploy", "dev"],
      "Error: Nobody is here to approve the changes to 'dev'.\nTo do: Give --auto-approve.\n",
    ],
    [
      ["deploy", "dev", "--auto-approve", "--confirm", "prod"],
      "Error: --confirm names 'prod', but the environment is 'dev'.\nTo do: If 'dev' is what you mean, give --confirm dev.\n",
    ],
    [
      ["deploy", "dev", "--auto-approve", "--digest", "sha256:0"],
      "Error: --digest and --accept-blocked need --plan.\nTo do: Name the directory of the saved plans.\n",
    ],
    [
      ["deploy", "dev", "--auto-approve", "--plan", "p", "--stack", "dev-eu"],
      "Error: --plan and --stack cannot be combined.\nTo do: Saved plans say which stacks they are for.\n",
    ],
    [["plan", "dev", "--state", "home"], "argument 'home' is invalid. Allowed choices are replica."],
    [
      ["local", "start", "--port", "99999"],
      "argument '99999' is invalid. Give a number from 1 to 65535, or none for a free port.",
    ],
    [["local", "up", "dev"], "Environment 'dev' is in AWS, not in the local cloud."],
  ])("exits with 2 for %j", async (args, message) => {
    const { exitCode, err } = await meridian(fakeContext([s3Stack("dev-eu"), s3Stack("dev-us")]), ...args);

    expect(err).toContain(message);
    expect(exitCode).toBe(2);
  });

  it.each([
    [
      ["deploy", "dev", "--auto-approve", "--plan", "/nowhere"],
      "There is no directory /nowhere, where the saved plans should be.",
      "Make some with `meridian plan dev --save /nowhere`.",
    ],
    [
      ["deploy", "dev", "--auto-approve", "--plan", __dirname],
      `There are no saved plans in ${__dirname}: it has no manifest.json.`,
      `Make some with \`meridian plan dev --save ${__dirname}\`.`,
    ],
    [
      ["deploy", "dev", "--auto-approve", "--plan", __filename],
      `${__filename} is a file, not a directory of saved plans.`,
      "Give --plan the directory that `meridian plan --save` wrote.",
    ],
    [
      ["plan", "dev", "--json", "/nowhere/result.json"],
      "/nowhere/result.json cannot be written: its directory does not exist.",
      "Name a file in a directory that exists.",
    ],
    [
      ["comment", "/nowhere.json"],
      "The report /nowhere.json does not exist.",
      "Write one with `meridian plan <env> --report /nowhere.json`.",
    ],
  ])("refuses %j before it asks AWS anything, with what to do", async (args, message, remedy) => {
    const context = fakeContext([s3Stack("dev-eu")]);
    context.aws.callerIdentity = () => Promise.reject(new Error("AWS was asked"));

    const { exitCode, err } = await meridian(context, ...args);

    expect(err).toBe(`Error: ${message}\nTo do: ${remedy}\n`);
    expect(exitCode).toBe(1);
  });

  it("exits with 0 after help", async () => {
    expect((await meridian(fakeContext(), "--help")).exitCode).toBe(0);
  });

  it("prints every problem of an environment without a stack trace", async () => {
    const problem = {
      where: "environments/dev.ts",
      property: "account",
      expected: "be 12 digits",
      got: "1",
      remedy: "fix it",
    };
    const context = fakeContext([], { environments: () => Promise.reject(new ValidationError([problem])) });

    expect(await meridian(context, "environments")).toEqual({
      exitCode: 1,
      out: "",
      err: "Error: environments/dev.ts: 'account' must be 12 digits, got \"1\"; fix it\n",
    });
  });

  it("says how to start the local cloud for an environment that lives there", async () => {
    const environments = [{ ...devEnvironment, target: "local-cloud" as const }];
    const context = fakeContext([], { environments: () => Promise.resolve(environments) });

    const { exitCode, err } = await meridian(context, "plan", "dev");

    expect(exitCode).toBe(1);
    expect(err).toContain("The local cloud, where environment 'dev' is deployed, is not running.");
    expect(existsSync(context.workspace.lock("dev"))).toBe(false);
  });

  it("refuses to destroy a protected environment", async () => {
    const environments = [{ ...devEnvironment, deletionProtection: true }];
    const context = fakeContext([], { environments: () => Promise.resolve(environments) });

    const { exitCode, err } = await meridian(context, "destroy", "dev", "--auto-approve");

    expect(exitCode).toBe(1);
    expect(err).toContain("Set `deletionProtection: false` in environments/dev.ts");
  });
});

describe("meridian local", () => {
  const unkind = (names: readonly Switch[], ...args: string[]) =>
    meridian(
      fakeContext([], { localCloud: cloud({ ...status, unkind: names }) }),
      ...["local", "unkind", ...args],
    );

  it("turns switches on and off, one by one and all together, and lists them", async () => {
    const both = "on  throttling: calls are refused\non  quotas: little fits\n";
    const first = "on  throttling: calls are refused\noff quotas: little fits\n";
    const neither = "off throttling: calls are refused\noff quotas: little fits\n";

    expect((await unkind(["throttling"])).out).toBe(first);
    expect((await unkind(["throttling"], "quotas")).out).toBe(both);
    expect((await unkind(["throttling", "quotas"], "quotas", "--off")).out).toBe(first);
    expect((await unkind(["throttling", "quotas"], "--off")).out).toBe(neither);
  });

  it("refuses switches that do not exist, all at once, with the nearest of each", async () => {
    const refused = {
      exitCode: 2,
      out: "",
      err: [
        "Error: The local cloud has no switch 'throtling'.",
        "The local cloud has no switch 'quota'.",
        "To do: Did you mean 'throttling', 'quotas'? There are: throttling, quotas.\n",
      ].join("\n"),
    };

    expect(await unkind([], "throtling", "throttling", "quota")).toEqual(refused);
    expect(
      await meridian(
        fakeContext([], { localCloud: cloud(undefined) }),
        ...["local", "start", "--unkind", "throtling", "quota"],
      ),
    ).toEqual(refused);
  });

  it("says of a cloud that is unkind how it is, and how that ends", async () => {
    const context = fakeContext([], { localCloud: cloud({ ...status, unkind: ["throttling"] }) });

    expect((await meridian(context, "local", "status")).out).toContain(
      "\nUnkind: throttling (`meridian local unkind --off` ends it)\n",
    );
  });

  it("says where it runs, and with 1 that it does not", async () => {
    const running = await meridian(fakeContext([], { localCloud: cloud(status) }), "local", "status");
    const stopped = await meridian(fakeContext([], { localCloud: cloud(undefined) }), "local", "status");

    expect(running).toMatchObject({
      exitCode: 0,
      out: "The local cloud answers at http://127.0.0.1:4566 (process 42, since 2026-11-20T12:00:00.000Z).\nLog: /x/cloud.log\n",
    });
    expect(stopped).toMatchObject({ exitCode: 1, out: "The local cloud is not running.\n" });
  });

  it("prints variables for a shell", async () => {
    const { out } = await meridian(fakeContext([], { localCloud: cloud(status) }), "local", "env");

    expect(out).toBe("export AWS_ENDPOINT_URL='http://127.0.0.1:4566'\nunset AWS_PROFILE\n");
  });

  it("starts on the port that is asked for", async () => {
    const ports: (number | undefined)[] = [];
    const start: LocalCloud["start"] = ({ port }) => {
      ports.push(port);
      return Promise.resolve(status);
    };
    const context = fakeContext([], { localCloud: { ...cloud(undefined), start } });

    expect((await meridian(context, "local", "start", "--port", "4566")).exitCode).toBe(0);
    expect(ports).toEqual([4566]);
  });
});

describe("synthesize", () => {
  it("keeps Terraform's own files, drops stale ones, and leaves all as it was after a failure", async () => {
    const context = fakeContext([{ name: "dev-eu" }, { name: "dev-old" }]);
    const { directory } = await synthesize(context, "dev");
    const lock = join(directory, "stacks/dev-eu/.terraform.lock.hcl");
    writeFileSync(lock, "lock");

    const broken = { ...context, synthesize: () => Promise.reject(new Error("broken")) };
    await expect(synthesize(broken, "dev")).rejects.toThrow("broken");
    expect(existsSync(join(directory, "stacks/dev-old/cdk.tf.json"))).toBe(true);

    const smaller = {
      ...context,
      synthesize: (_name: string, target: string) => {
        writeStacks(target, [{ name: "dev-eu" }]);
        return Promise.resolve();
      },
    };
    const { stacks, changed } = await synthesize(smaller, "dev");

    expect(stacks.map(({ name }) => name)).toEqual(["dev-eu"]);
    expect([...changed]).toEqual([]);
    expect(readFileSync(lock, "utf8")).toBe("lock");
    expect(existsSync(join(directory, "stacks/dev-old/cdk.tf.json"))).toBe(false);
  });

  it("refuses to plan over a state that could not be stored", async () => {
    const context = fakeContext([{ name: "dev-eu" }]);
    const { directory } = await synthesize(context, "dev");
    mkdirSync(join(directory, "stacks/dev-eu"), { recursive: true });
    writeFileSync(join(directory, "stacks/dev-eu/errored.tfstate"), "{}");

    const { exitCode, err } = await meridian(context, "plan", "dev");

    expect(exitCode).toBe(1);
    expect(err).toContain("The last apply of dev-eu could not store its state; Terraform kept it in");
    expect(existsSync(join(directory, "stacks/dev-eu/errored.tfstate"))).toBe(true);
  });

  it("says where there are no versions of a state yet", async () => {
    const context = fakeContext([s3Stack("dev-eu")]);

    expect((await meridian(context, "state", "list", "dev", "dev-eu")).out).toBe(
      "No state is kept for dev-eu yet.\n",
    );
  });
});
