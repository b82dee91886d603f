import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

import { digestOf } from "../../analysis/change";
import { explainMismatch, resealed, type PlanSeal } from "../../analysis/integrity";
import { CommandError, messageOf, quoted } from "../base/errors";
import { decrypt, encrypt } from "../base/cipher";
import { isAuthentic, macOf, shapeProblems } from "./saved-manifest";
import { clockSkewMinutes } from "./saved-plan";
import type { Session } from "../session/session";
import { newStateKey } from "../state/state-key";
import type { PlanManifest, SavedStack } from "./plan-manifest";

/** A plan that is to be saved. */
export interface PlanToSave {
  readonly stack: Omit<SavedStack, "fileDigest" | "seal">;
  /** Makes the seal, with the secret that its digests are keyed with. */
  readonly seal: (salt: string) => PlanSeal;
  /** The plan as Terraform wrote it. */
  readonly plan?: Buffer;
}

/** Saved plans older than this are refused: what somebody changed by hand meanwhile is in none of them. */
export const bundleLifetimeHours = 24;

const manifestFile = "manifest.json";
const lockFile = "terraform.lock.hcl";
const reportFile = "report.md";
const planSuffix = ".tfplan.enc";
const saltBytes = 32;

/**
 * Saves plans in a directory, encrypted, under one digest. The directory appears whole or not at all;
 * saved plans that are there already are replaced, anything else is left alone.
 *
 * @param report - the full report, which holds no secret and is saved as it is.
 */
export async function savePlans(
  session: Session,
  directory: string,
  plans: readonly PlanToSave[],
  lock: string,
  commit: string,
  report?: string,
): Promise<PlanManifest> {
  const { context, environment, terraform } = session;
  const target = resolve(directory);
  refuseForeign(directory);
  const key = await newStateKey(session, encryptionContext(environment.name), "Saved plans");
  const fresh = `${target}.${process.pid}.new`;
  try {
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    const stacks = plans.map(({ stack, seal, plan }): SavedStack => {
      const salt = randomBytes(saltBytes);
      const sealed = { ...stack, seal: seal(salt.toString("hex")) };
      if (plan === undefined) {
        return sealed;
      }
      const content = encrypt(
        key.plain,
        Buffer.concat([salt, plan]),
        aboutPlan(environment.name, stack.name),
      );
      writeFileSync(join(fresh, fileOf(stack.name)), content, { mode: 0o600 });
      return { ...sealed, fileDigest: sha256(content) };
    });
    writeFileSync(join(fresh, lockFile), lock, { mode: 0o600 });
    if (report !== undefined) {
      writeFileSync(join(fresh, reportFile), report, { mode: 0o600 });
    }
    const content: Omit<PlanManifest, "digest" | "mac"> = {
      version: 1,
      environment: environment.name,
      createdAt: context.now().toISOString(),
      terraform: `${terraform.binary.product} ${terraform.binary.version}`,
      commit,
      lockDigest: sha256(lock),
      ...(report === undefined ? {} : { reportDigest: sha256(report) }),
      dataKey: Buffer.from(key.encrypted).toString("base64"),
      keyRegion: key.region,
      stacks,
    };
    const digest = digestOf(content);
    const manifest = { ...content, digest, mac: macOf(key.plain, digest) };
    writeFileSync(join(fresh, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
    return manifest;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A plan as it was saved, decrypted. */
export interface OpenedPlan {
  readonly plan: Buffer;
  /** The secret that the seal's digests are keyed with. */
  readonly salt: string;
}

/** Saved plans that are what they were when they were saved. */
export class PlanBundle {
  private constructor(
    private readonly session: Session,
    private readonly directory: string,
    public readonly manifest: PlanManifest,
    private readonly key: Uint8Array,
  ) {}

  /**
   * Opens a directory of saved plans.
   *
   * @param digest - the digest that was reviewed; without it, whoever can write the directory and may use
   *   the key could have put another set of plans there.
   * @throws CommandError when any byte of it is not what was saved.
   */
  public static async open(session: Session, directory: string, digest?: string): Promise<PlanBundle> {
    const path = resolve(directory);
    const manifest = readManifest(session, path, directory);
    const changed = [...manifestProblems(session, manifest, digest), ...fileProblems(path, manifest)];
    const problems = changed.length > 0 ? changed : sealProblems(path, manifest);
    if (problems.length > 0) {
      throw plansRefused(session, directory, problems);
    }
    const key = await openedKey(session, directory, manifest);
    if (!isAuthentic(manifest, key)) {
      throw plansRefused(session, directory, [
        `${manifestFile} was not made with the key that it names: somebody rewrote it`,
      ]);
    }
    return new PlanBundle(session, path, manifest, key);
  }

  /** The provider lock file that the plans were made with. */
  public get lock(): string {
    return this.contentOf(lockFile, this.manifest.lockDigest).toString();
  }

  /** Decrypts the plan of a stack. */
  public plan({ name, fileDigest }: SavedStack): Promise<OpenedPlan> {
    const { environment } = this.session;
    const content = this.contentOf(fileOf(name), fileDigest);
    const opened = decrypt(this.key, content, aboutPlan(environment.name, name));
    if (opened === undefined) {
      throw plansRefused(this.session, this.directory, [`${name}: the plan does not decrypt`]);
    }
    return Promise.resolve({
      salt: opened.subarray(0, saltBytes).toString("hex"),
      plan: opened.subarray(saltBytes),
    });
  }

  /** A file as it was saved. A deploy may take hours, and reads each plan when its turn has come. */
  private contentOf(name: string, digest: string | undefined): Buffer {
    const content = readFileSync(join(this.directory, name));
    if (sha256(content) !== digest) {
      throw plansRefused(this.session, this.directory, [changedSince(name)]);
    }
    return content;
  }
}

/** The refusal of saved plans, with everything that is wrong with them. */
export function plansRefused(
  { environment }: Session,
  directory: string,
  problems: readonly string[],
): CommandError {
  return new CommandError(
    `The plans saved in ${directory} are refused. Nothing was changed.\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    `Plan again with \`meridian plan ${environment.name} --save ${quoted(directory)}\`, and have that reviewed.`,
  );
}

/**
 * Looks whether plans were saved in a directory at all, which needs no session.
 *
 * @throws CommandError where there are none.
 */
export function requireSavedPlans(path: string, directory: string, environment: string): void {
  const isDirectory = existsSync(path) && statSync(path).isDirectory();
  if (existsSync(path) && !isDirectory) {
    throw new CommandError(
      `${directory} is a file, not a directory of saved plans.`,
      "Give --plan the directory that `meridian plan --save` wrote.",
    );
  }
  if (!existsSync(join(path, manifestFile))) {
    throw new CommandError(
      isDirectory
        ? `There are no saved plans in ${directory}: it has no ${manifestFile}.`
        : `There is no directory ${directory}, where the saved plans should be.`,
      `Make some with \`meridian plan ${environment} --save ${quoted(directory)}\`.`,
    );
  }
}

function readManifest(session: Session, path: string, directory: string): PlanManifest {
  requireSavedPlans(path, directory, session.environment.name);
  const file = join(path, manifestFile);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw plansRefused(session, directory, [`${manifestFile} is not readable: ${messageOf(error)}`]);
  }
  if (typeof content !== "object" || content === null || !("version" in content)) {
    throw plansRefused(session, directory, [`${manifestFile} is not a manifest of saved plans`]);
  }
  if (content.version !== 1) {
    throw plansRefused(session, directory, [`${manifestFile} is of another version of Meridian`]);
  }
  const problems = shapeProblems(content);
  if (problems.length > 0) {
    throw plansRefused(session, directory, problems);
  }
  return content as PlanManifest;
}

async function openedKey(
  session: Session,
  directory: string,
  { dataKey, keyRegion }: PlanManifest,
): Promise<Uint8Array> {
  const { context, access, environment } = session;
  const { plain, keyArn } = await context.aws.keys.openDataKey(
    access,
    keyRegion,
    Buffer.from(dataKey, "base64"),
    encryptionContext(environment.name),
  );
  const account = keyArn?.split(":")[4];
  if (account !== undefined && account !== environment.account) {
    throw plansRefused(session, directory, [
      `they are encrypted with a key of account ${account}, and the environment is in ${environment.account}`,
    ]);
  }
  return plain;
}

function manifestProblems(
  { context, environment }: Session,
  manifest: PlanManifest,
  digest?: string,
): string[] {
  const said = manifest.digest;
  if (said !== digestOf({ ...manifest, digest: undefined, mac: undefined })) {
    return [`${manifestFile} was edited: its digest does not match its content`];
  }
  if (digest !== undefined && digest !== said) {
    return [`their digest is ${said}, and the reviewed one is ${digest}`];
  }
  if (manifest.environment !== environment.name) {
    return [`they are for the environment ${manifest.environment}`];
  }
  const hours = (context.now().getTime() - new Date(manifest.createdAt).getTime()) / 3_600_000;
  if (hours < -clockSkewMinutes / 60) {
    return [
      `they were made at ${manifest.createdAt}, and it is ${context.now().toISOString()}: one of the clocks is wrong`,
    ];
  }
  return hours <= bundleLifetimeHours
    ? []
    : [`they are ${Math.floor(hours)} hours old, and the limit is ${bundleLifetimeHours}`];
}

/** What the seals of the stacks say that the manifest itself does not. */
function sealProblems(directory: string, { stacks, commit }: PlanManifest): string[] {
  const providerLock = digestOf(readFileSync(join(directory, lockFile), "utf8"));
  const names = stacks.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...twice.map((name) => `${name} is named twice`),
    ...stacks.flatMap(({ name, seal }) =>
      explainMismatch(seal, resealed(seal, { stack: name, commit, providerLock })).map(
        (problem) => `${name}: ${problem}`,
      ),
    ),
    ...stacks
      .filter(({ outcome, fileDigest }) => (outcome === "changes") !== (fileDigest !== undefined))
      .map(({ name, outcome }) => `${name}: '${outcome}' does not match what is saved of it`),
  ];
}

function fileProblems(directory: string, manifest: PlanManifest): string[] {
  const { stacks, lockDigest, reportDigest } = manifest;
  const files = [
    { name: lockFile, digest: lockDigest },
    ...(reportDigest === undefined ? [] : [{ name: reportFile, digest: reportDigest }]),
    ...stacks.flatMap(({ name, fileDigest }) =>
      fileDigest === undefined ? [] : [{ name: fileOf(name), digest: fileDigest }],
    ),
  ];
  return files.flatMap(({ name, digest }) => {
    const file = join(directory, name);
    if (!existsSync(file)) {
      return [`${name} is missing`];
    }
    return sha256(readFileSync(file)) === digest ? [] : [changedSince(name)];
  });
}

function changedSince(name: string): string {
  return `${name} was changed after it was saved`;
}

/**
 * Refuses a directory in which plans are not to be saved: all that saving deletes there must be saved plans.
 *
 * @throws CommandError when there is anything else.
 */
export function refuseForeign(directory: string): void {
  const path = resolve(directory);
  if (!existsSync(path)) {
    return;
  }
  if (!statSync(path).isDirectory()) {
    throw new CommandError(`${directory} is not a directory.`, "Name one that does not exist yet.");
  }
  const names = readdirSync(path);
  const isOurs = (name: string): boolean =>
    name === manifestFile || name === lockFile || name === reportFile || name.endsWith(planSuffix);
  const areSaved = names.every(isOurs) && names.includes(manifestFile) && names.includes(lockFile);
  if (names.length > 0 && !areSaved) {
    throw new CommandError(
      `${directory} holds other things than saved plans.`,
      "Name a directory that does not exist yet, or one of saved plans.",
    );
  }
}

function encryptionContext(environment: string): Record<string, string> {
  return { environment, purpose: "meridian-plan" };
}

function aboutPlan(environment: string, stack: string): string {
  return `${environment}/${stack}`;
}

function fileOf(stack: string): string {
  return `${stack}${planSuffix}`;
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
