import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Aws } from "../../../cli/aws";
import type { Context, TargetEnvironment } from "../../../cli/context";
import { Interrupts } from "../../../cli/interrupts";
import type { State } from "../../../cli/state";
import { Workspace } from "../../../cli/workspace";
import { type FixtureStack, writeStacks } from "./fixture-stacks";

/** An environment in AWS that may be destroyed and asks for a yes. */
export const devEnvironment: TargetEnvironment = {
  name: "dev",
  account: "111122223333",
  target: "aws",
  homeRegion: "eu-west-1",
  regions: { "eu-west-1": {} },
  state: { bucket: "states" },
  deletionProtection: false,
  confirmation: "yes",
};

/** S3 with one bucket of states, and STS. */
export class FakeAws implements Aws {
  public account = devEnvironment.account;
  public bucket: "present" | "absent" | "forbidden" = "present";
  /** States by key. */
  public readonly states = new Map<string, State>();

  public callerIdentity(): ReturnType<Aws["callerIdentity"]> {
    return Promise.resolve({ account: this.account, arn: `arn:aws:iam::${this.account}:user/ada` });
  }

  public bucketStatus(): ReturnType<Aws["bucketStatus"]> {
    return Promise.resolve(this.bucket);
  }

  public readState(...[, backend]: Parameters<Aws["readState"]>): ReturnType<Aws["readState"]> {
    return Promise.resolve(this.states.get(String(backend.settings.key)));
  }
}

/** A context that writes into memory and answers questions from a list. */
export interface FakeContext extends Context {
  readonly aws: FakeAws;
  readonly written: { out: string; err: string };
  readonly questions: string[];
  readonly answers: string[];
}

/** Makes a context around a new, empty project directory. */
export function fakeContext(
  stacks: readonly FixtureStack[] = [],
  overrides: Partial<Context> = {},
): FakeContext {
  const written = { out: "", err: "" };
  const questions: string[] = [];
  const answers: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), "meridian-test-"));
  return {
    workspace: new Workspace(directory),
    terminal: {
      isInteractive: false,
      columns: 80,
      out: (text) => (written.out += text),
      err: (text) => (written.err += text),
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answers.shift() ?? "no");
      },
    },
    interrupts: new Interrupts((line) => (written.err += `${line}\n`)),
    localCloud: {
      start: () => Promise.reject(new Error("not in this test")),
      stop: () => Promise.resolve(false),
      status: () => Promise.resolve(undefined),
      environment: () => ({}),
    },
    run: () => Promise.reject(new Error("not in this test")),
    variables: { TERRAFORM_BINARY_NAME: fakeTerraformIn(directory) },
    now: () => new Date("2026-11-20T12:00:00Z"),
    environments: () => Promise.resolve([devEnvironment]),
    synthesize: (_environment, directory) => {
      writeStacks(directory, stacks);
      return Promise.resolve();
    },
    ...overrides,
    aws: (overrides.aws as FakeAws | undefined) ?? new FakeAws(),
    written,
    questions,
    answers,
  };
}

/** A program that answers `terraform version` and nothing else. */
function fakeTerraformIn(directory: string): string {
  const file = join(directory, "terraform");
  writeFileSync(file, `#!/bin/sh\necho '{"terraform_version":"1.11.4"}'\n`, { mode: 0o755 });
  return file;
}

/** A state with that many resources and these outputs. */
export function stateWith(
  resources: number,
  outputs: Record<string, unknown> = {},
  lineage = "l",
  serial = 1,
): State {
  return {
    lineage,
    serial,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
    resources:
      resources === 0
        ? []
        : [
            {
              mode: "managed",
              type: "terraform_data",
              name: "thing",
              instances: new Array(resources).fill({}),
            },
          ],
  };
}
