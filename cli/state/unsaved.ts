import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import type { DataKey } from "../aws/keys";
import { CommandError, messageOf } from "../base/errors";
import type { Stack } from "../stacks/manifest";
import { decrypt, encrypt } from "../base/cipher";
import type { Session } from "../session/session";
import { unsavedStateOf } from "../session/synthesis";
import { writePrivateFile } from "../base/workspace";
import { newStateKey } from "./state-key";

/** A state that Terraform could not store, as it is kept where the machine that it lies on will not last. */
const schema = z.object({
  version: z.literal(1),
  environment: z.string(),
  stack: z.string(),
  /** The data key, as KMS encrypted it, in base64. */
  dataKey: z.base64(),
  keyRegion: z.string(),
  /** The state, encrypted, in base64. */
  content: z.base64(),
});

const suffix = ".unsaved.json";
const purpose = "meridian-unsaved-state";

/**
 * Keeps the states that a deploy could not store, encrypted under the key of the state bucket. The key is asked
 * for before anything is changed: what keeps a state from being stored would keep a key from being made.
 */
export class UnsavedStates {
  private constructor(
    private readonly session: Session,
    private readonly directory: string,
    private readonly key: DataKey & { readonly region: string },
  ) {}

  /** Gets ready to keep states in a directory. */
  public static async prepare(session: Session, directory: string): Promise<UnsavedStates> {
    return new UnsavedStates(
      session,
      directory,
      await newStateKey(session, contextOf(session), "States that cannot be stored"),
    );
  }

  /** Keeps what lies unsaved of these stacks, and says so. */
  public keep(stacks: readonly Stack[]): void {
    const { context, environment } = this.session;
    for (const stack of stacks.filter((each) => existsSync(unsavedStateOf(each)))) {
      const plain = readFileSync(unsavedStateOf(stack));
      const content = encrypt(this.key.plain, plain, `${environment.name}/${stack.name}`);
      const kept: z.infer<typeof schema> = {
        version: 1,
        environment: environment.name,
        stack: stack.name,
        dataKey: Buffer.from(this.key.encrypted).toString("base64"),
        keyRegion: this.key.region,
        content: content.toString("base64"),
      };
      mkdirSync(this.directory, { recursive: true });
      writeFileSync(join(this.directory, `${stack.name}${suffix}`), `${JSON.stringify(kept)}\n`, {
        mode: 0o600,
      });
      context.terminal.err(
        `The state of ${stack.name} could not be stored; it is kept, encrypted, in ${this.directory}. Store it with \`meridian recover ${environment.name} --unsaved ${this.directory}\`.\n`,
      );
    }
  }
}

/**
 * Puts states that were kept on another machine where `recover` stores them from.
 *
 * @throws CommandError with all that is wrong with them; nothing is put anywhere then.
 */
export async function takeUnsaved(
  session: Session,
  directory: string,
  stacks: readonly Stack[],
): Promise<void> {
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(suffix)) : [];
  if (names.length === 0) {
    throw new CommandError(
      `There are no unsaved states in ${directory}.`,
      "Name the directory of the artifact, unpacked: it holds files that end in .unsaved.json.",
    );
  }
  const read = await Promise.all(names.map((name) => readUnsaved(session, join(directory, name), stacks)));
  const problems = read.flatMap((each) => (typeof each === "string" ? [each] : []));
  if (problems.length > 0) {
    throw new CommandError(
      `The unsaved states in ${directory} are refused. Nothing was changed.\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
      "Use the artifact as the run left it, with credentials that may use the key of the state bucket.",
    );
  }
  for (const each of read) {
    if (typeof each !== "string") {
      writePrivateFile(unsavedStateOf(each.stack), each.state);
    }
  }
}

async function readUnsaved(
  session: Session,
  file: string,
  stacks: readonly Stack[],
): Promise<{ readonly stack: Stack; readonly state: string } | string> {
  const { context, access, environment } = session;
  let kept: z.infer<typeof schema>;
  try {
    kept = schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return `${file} is no unsaved state of this version`;
  }
  if (kept.environment !== environment.name) {
    return `${file} is of the environment ${kept.environment}`;
  }
  const stack = stacks.find(({ name }) => name === kept.stack);
  if (stack === undefined) {
    return `${file} is of ${kept.stack}, which is not among the stacks that are recovered`;
  }
  try {
    const { plain } = await context.aws.keys.openDataKey(
      access,
      kept.keyRegion,
      Buffer.from(kept.dataKey, "base64"),
      contextOf(session),
    );
    const state = decrypt(plain, Buffer.from(kept.content, "base64"), `${environment.name}/${stack.name}`);
    if (state === undefined) {
      return `${file} was changed after it was kept`;
    }
    const lying = unsavedStateOf(stack);
    return existsSync(lying) && !readFileSync(lying).equals(state)
      ? `${lying} lies there already and is another state; store or move that first`
      : { stack, state: state.toString("utf8") };
  } catch (error) {
    return `${file} cannot be opened: ${messageOf(error)}`;
  }
}

function contextOf({ environment }: Session): Record<string, string> {
  return { environment: environment.name, purpose };
}
