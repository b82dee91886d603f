import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readStacks, type Stack } from "../../cli/stacks/manifest";
import { findTerraform, type TerraformBinary } from "../../cli/terraform/binary";
import type { ProcessRequest, ProcessResult } from "../../cli/terraform/process";
import { configureProviders } from "../../cli/terraform/providers";
import { explainSilence } from "../../cli/terraform/last-words";
import { TerraformCommand } from "../../cli/terraform/terraform-command";
import { type FakeContext, fakeContext } from "./support/fake-context";
import { writeStacks } from "./support/fixture-stacks";

const terraform: TerraformBinary = { command: "terraform", product: "terraform", version: "1.11.4" };
const tofu: TerraformBinary = { command: "tofu", product: "tofu", version: "1.10.0" };
const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;

describe("findTerraform", () => {
  it("takes terraform, or what TERRAFORM_BINARY_NAME names", async () => {
    expect(await findTerraform({}, () => Promise.resolve("1.11.4"))).toEqual(terraform);
    expect(await findTerraform({ TERRAFORM_BINARY_NAME: "tofu" }, () => Promise.resolve("1.10.0"))).toEqual(
      tofu,
    );
  });

  it.each([
    [
      {},
      "1.10.5",
      "terraform is version 1.10.5; Meridian needs 1.11.0 or later, for native locking of S3 state.",
    ],
    [
      { TERRAFORM_BINARY_NAME: "tofu" },
      "1.9.0",
      "tofu is version 1.9.0; Meridian needs 1.10.0 or later, for native locking of S3 state.",
    ],
  ])("refuses what is too old", async (variables, version, message) => {
    await expect(findTerraform(variables, () => Promise.resolve(version))).rejects.toThrow(message);
  });

  it.each(["echo hello", "echo '{}'", `echo '{"terraform_version":"new"}'`])(
    "says of a program that is no Terraform that it is none (%s)",
    async (answer) => {
      const file = join(mkdtempSync(join(tmpdir(), "meridian-test-")), "terraform");
      writeFileSync(file, `#!/bin/sh\n${answer}\n`, { mode: 0o755 });

      await expect(findTerraform({ TERRAFORM_BINARY_NAME: file })).rejects.toMatchObject({
        message: `The program '${file}' is not usable: it does not answer \`version -json\` as Terraform does`,
        remedy: "Check that TERRAFORM_BINARY_NAME names Terraform or OpenTofu.",
      });
    },
  );

  it("says how to get it when it is missing", async () => {
    await expect(findTerraform({ TERRAFORM_BINARY_NAME: "no-such-terraform" })).rejects.toMatchObject({
      message: "The program 'no-such-terraform' was not found.",
      remedy: expect.stringContaining("Install Terraform 1.11 or later") as string,
    });
  });
});

describe("configureProviders", () => {
  function mirror(...paths: string[]): string {
    const directory = mkdtempSync(join(tmpdir(), "meridian-mirror-"));
    paths.forEach((path) => mkdirSync(join(directory, path), { recursive: true }));
    return directory;
  }

  function configuration(variables: Record<string, string>, places: string[], binary = terraform): string {
    const { workspace } = fakeContext();
    return readFileSync(configureProviders(workspace, variables, binary, places).configurationFile, "utf8");
  }

  it("uses a mirror that lies three levels down, and the registry for the rest", () => {
    const place = mirror(`a/b/registry.terraform.io/hashicorp/aws/5.100.0/${platform}`);

    expect(configuration({ TF_CLI_CONFIG_FILE: "/does/not/exist" }, [place])).toBe(`provider_installation {
  filesystem_mirror {
    path = "${place}/a/b"
    include = ["registry.terraform.io/hashicorp/aws"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/aws"]
  }
}
`);
  });

  it("prefers the mirror that is set", () => {
    const set = mirror(`registry.terraform.io/hashicorp/aws/6.0.0/${platform}`);
    const found = mirror(`registry.terraform.io/hashicorp/aws/5.100.0/${platform}`);

    const written = configuration({ MERIDIAN_PROVIDER_MIRROR: set }, [found]);

    expect(written).toContain(set);
    expect(written).not.toContain(found);
  });

  it("refuses a set mirror that holds nothing for this machine", () => {
    const set = mirror("registry.terraform.io/hashicorp/aws/6.0.0/plan9_mips");

    expect(() => configuration({ MERIDIAN_PROVIDER_MIRROR: set }, [])).toThrow(
      `MERIDIAN_PROVIDER_MIRROR names ${set}, where there is no provider for this machine.`,
    );
  });

  it("leaves a user's own configuration of providers alone", () => {
    const file = join(mirror(), "rc");
    writeFileSync(file, "provider_installation {}");
    const { workspace } = fakeContext();

    expect(configureProviders(workspace, { TF_CLI_CONFIG_FILE: file }, terraform, [])).toEqual({
      configurationFile: file,
      mirrors: [],
      description: `as ${file} says`,
    });
  });

  it("keeps what else the user configured", () => {
    const file = join(mirror(), "rc");
    writeFileSync(file, 'credentials "app.terraform.io" {}');
    const place = mirror(`registry.terraform.io/hashicorp/aws/5.100.0/${platform}`);

    const written = configuration({ TF_CLI_CONFIG_FILE: file }, [place]);

    expect(written).toContain('credentials "app.terraform.io" {}');
    expect(written).toContain(place);
  });

  it("looks for OpenTofu's registry with OpenTofu", () => {
    const place = mirror(`registry.terraform.io/hashicorp/aws/5.100.0/${platform}`);

    expect(configuration({ TF_CLI_CONFIG_FILE: "" }, [place], tofu)).not.toContain(place);
  });
});

describe("TerraformCommand", () => {
  const lockOf = (provider: string, version = "5.100.0"): string =>
    `provider "registry.terraform.io/${provider}" {\n  version = "${version}"\n}\n`;

  function setUp(answer: (request: ProcessRequest) => Partial<ProcessResult> = () => ({})): {
    command: TerraformCommand;
    context: FakeContext;
    requests: ProcessRequest[];
    stacks: [Stack, Stack];
  } {
    const context = fakeContext();
    const { workspace } = context;
    const aws = { terraform: { required_providers: { aws: { source: "hashicorp/aws" } } } };
    writeStacks(workspace.synthesis("dev"), [
      { name: "dev-a", configuration: aws },
      { name: "dev-b", configuration: aws },
    ]);
    const requests: ProcessRequest[] = [];
    const configurationFile = join(workspace.root, "rc");
    writeFileSync(configurationFile, "");
    const command = new TerraformCommand({
      environment: "dev",
      workspace,
      binary: terraform,
      variables: {
        PATH: "/bin",
        TF_VAR_x: "1",
        TF_CLI_ARGS_plan: "-lock=false",
        TF_WORKSPACE: "other",
        TF_LOG: "debug",
      },
      configurationFile,
      runDirectory: workspace.run("test"),
      run: (request) => {
        requests.push(request);
        const given = answer(request);
        if (request.args[0] === "init" && (given.exitCode ?? 0) === 0) {
          writeFileSync(join(request.directory, ".terraform.lock.hcl"), lockOf("hashicorp/aws"));
        }
        given.output?.split("\n").forEach((line) => request.onLine?.(line));
        return Promise.resolve({ exitCode: 0, output: "", errors: "", ...given });
      },
    });
    return { command, context, requests, stacks: readStacks(workspace.synthesis("dev")) as [Stack, Stack] };
  }

  it("starts Terraform without what would change a stack's meaning from outside", async () => {
    const { command, context, requests, stacks } = setUp();

    await command.init(stacks[0]);

    expect(requests[0]?.variables).toEqual({
      PATH: "/bin",
      TF_LOG: "debug",
      TF_PLUGIN_CACHE_DIR: context.workspace.pluginCache,
      TF_DATA_DIR: context.workspace.data("dev-a"),
      TF_CLI_CONFIG_FILE: join(context.workspace.root, "rc"),
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
      NO_COLOR: "1",
    });
  });

  it("shares one provider selection between stacks and initialises again only after a change", async () => {
    const { command, context, requests, stacks } = setUp();
    const [a, b] = stacks;

    await Promise.all([command.init(a), command.init(b)]);
    await command.init(a);
    await command.init(a, { backend: "none" });

    expect(requests.map(({ directory }) => directory)).toEqual([a.directory, b.directory]);
    expect(readFileSync(context.workspace.providerLock, "utf8")).toBe(lockOf("hashicorp/aws"));
  });

  it("initialises again where the synthesized stacks, and their lock files with them, have gone", async () => {
    const { command, requests, stacks } = setUp();
    await command.init(stacks[0], { backend: "none" });
    await command.init(stacks[0], { backend: "none" });
    expect(requests).toHaveLength(1);

    rmSync(join(stacks[0].directory, ".terraform.lock.hcl"));
    await command.init(stacks[0], { backend: "none" });

    expect(requests).toHaveLength(2);
    expect(existsSync(join(stacks[0].directory, ".terraform.lock.hcl"))).toBe(true);
  });

  it("lets a committed selection win and leaves it as it is", async () => {
    const { command, context, stacks } = setUp();
    const committed = lockOf("hashicorp/aws", "6.25.0");
    writeFileSync(context.workspace.committedProviderLock, committed);

    await command.init(stacks[0]);

    expect(readFileSync(context.workspace.committedProviderLock, "utf8")).toBe(committed);
    expect(existsSync(context.workspace.providerLock)).toBe(false);
  });

  it("selects anew when its own selection fits no more", async () => {
    const said =
      "Error: locked provider registry.terraform.io/hashicorp/aws 5.1.0 does not match configured version constraint >= 5.100.0;";
    const { command, context, requests, stacks } = setUp(({ args }) =>
      args.includes("-upgrade") ? {} : { exitCode: 1, errors: said },
    );
    writeFileSync(context.workspace.providerLock, lockOf("hashicorp/aws", "5.1.0"));

    await command.init(stacks[0]);

    expect(requests.map(({ args }) => args.includes("-upgrade"))).toEqual([false, true]);
  });

  it("reads counts, changes and warnings from the event stream of a plan", async () => {
    const output = [
      '{"type":"version","@message":"Terraform 1.11.4"}',
      '{"type":"planned_change","@message":"x","change":{"resource":{"addr":"aws_vpc.a"},"action":"replace"}}',
      '{"type":"diagnostic","@message":"w","diagnostic":{"severity":"warning","summary":"Deprecated"}}',
      '{"type":"change_summary","@message":"Plan","changes":{"add":1,"change":0,"import":0,"remove":1}}',
    ].join("\n");
    const { command, context, requests, stacks } = setUp(() => ({ exitCode: 2, output }));

    const outcome = await command.plan(stacks[0], {
      file: join(context.workspace.root, "p"),
      lockTimeout: "5s",
    });

    expect(outcome).toEqual({
      hasChanges: true,
      counts: { add: 1, change: 0, remove: 1, import: 0 },
      changes: [{ address: "aws_vpc.a", action: "replace" }],
      warnings: [{ severity: "warning", summary: "Deprecated" }],
    });
    expect(requests[0]?.args).toEqual([
      "plan",
      "-json",
      "-input=false",
      "-detailed-exitcode",
      `-out=${join(context.workspace.root, "p")}`,
      "-lock-timeout=5s",
    ]);
  });

  it("counts what an apply did before it failed, not what it was to do", async () => {
    const hook = (type: string, action: string): string =>
      JSON.stringify({ type, "@message": "x", hook: { resource: { addr: "aws_iam_role.a" }, action } });
    const output = [
      '{"type":"change_summary","@message":"Plan","changes":{"add":11,"change":2,"remove":1,"operation":"plan"}}',
      hook("apply_complete", "create"),
      hook("apply_complete", "create"),
      hook("apply_complete", "update"),
      hook("apply_complete", "read"),
      hook("apply_complete", "delete"),
      hook("apply_errored", "create"),
    ].join("\n");
    const { command, stacks } = setUp(() => ({ exitCode: 1, output }));

    await expect(command.apply(stacks[0], "p", { lockTimeout: "5s" })).rejects.toMatchObject({
      counts: { add: 2, change: 1, remove: 1, import: 0 },
    });
  });

  it.each([
    [
      "SIGKILL",
      "apply",
      "Terraform was killed (SIGKILL, exit code 137): probably out of memory.",
      "Give the machine more memory, or run fewer stacks at once (`--parallelism 1`; each takes about 1 GiB). `dmesg` shows what the kernel killed. Then run `meridian recover dev`, which imports what it had created into the state, and the command again.",
    ],
    [
      "SIGTERM",
      "plan",
      "Terraform was killed (SIGTERM, exit code 143): something asked it to end, such as the time limit of a job or a shutdown.",
      "Find out what ended it (a job's time limit, a shutdown), and give the run more time. Then run the command again: a plan changes nothing in AWS.",
    ],
    [
      "SIGSEGV",
      "apply",
      "Terraform was killed (SIGSEGV, exit code 139): it crashed.",
      "The log shows its last output. If it happens again, report them to Terraform or the provider. Then run `meridian recover dev`, which imports what it had created into the state, and the command again.",
    ],
  ] as const)("says what it means that %s ended an operation, and shows no raw events", async (...given) => {
    const [signal, operation, message, remedy] = given;
    const output = '{"type":"version","@message":"Terraform 1.11.4"}';
    const { command, stacks } = setUp(() => ({ exitCode: 137, output, signal }));

    const running =
      operation === "apply"
        ? command.apply(stacks[0], "p", { lockTimeout: "5s" })
        : command.plan(stacks[0], { file: "p", lockTimeout: "5s" });

    await expect(running).rejects.toMatchObject({ message, remedy, kind: "killed", signal });
  });

  it("names the failed resources, the cause and the log of an apply", async () => {
    const output = [
      '{"type":"apply_errored","@message":"x","hook":{"resource":{"addr":"aws_iam_role.a"}}}',
      '{"type":"diagnostic","@message":"e","diagnostic":{"severity":"error","summary":"creating IAM Role: EntityAlreadyExists: Role exists","address":"aws_iam_role.a"}}',
    ].join("\n");
    const { command, context, stacks } = setUp(() => ({ exitCode: 1, output }));

    await expect(command.apply(stacks[0], "p", { lockTimeout: "5s" })).rejects.toMatchObject({
      message:
        "A resource of that name already exists in AWS, but not in the state (EntityAlreadyExists).\nError: creating IAM Role: EntityAlreadyExists: Role exists\n  at aws_iam_role.a",
      kind: "already-exists",
      resources: ["aws_iam_role.a"],
      log: join(context.workspace.run("test"), "dev-a", "apply.log"),
    });
  });
});

describe("explainSilence", () => {
  it("finds that the disk is full where Terraform could not even write why it failed", () => {
    expect(explainSilence("/x", () => 12_288)).toEqual({
      kind: "disk-full",
      message: "The disk is full.",
      remedy: "Free some space; `.meridian/runs` and `.meridian/plugin-cache` may be deleted.",
    });
    expect(explainSilence("/x", () => 10 ** 9)).toBeUndefined();
    expect(explainSilence("/nowhere/at/all")).toBeUndefined();
  });
});
