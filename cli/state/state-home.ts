import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import type { BucketStatus } from "../aws/access";
import { CommandError, messageOf } from "../base/errors";
import { lostDeploy } from "../session/local-cloud-access";
import type { Backend, Stack } from "../stacks/manifest";
import { blockersOf } from "../stacks/references";
import { stateOf, type Session } from "../session/session";
import { beside } from "./beside";
import { claimFirstDeploy, giveUpClaim } from "./first-deploy";
import { bucketOf } from "../session/state-places";
import { guardStateCopy } from "./promotion";
import { isSameState, managedCountOf, readLocalState, type State } from "../stacks/state-file";
import type { InitOptions } from "../terraform/terraform";
import { ensurePrivateDirectory, writePrivateFile } from "../base/workspace";

/** Where the bootstrap stack's state is: beside the project, or in the bucket that the stack makes. */
export type BootstrapPlace = "local" | "bucket";

/**
 * Decides where the bootstrap stack's state is to be looked for. It may be in both places when
 * a run was cut short while it moved.
 *
 * @throws CommandError when the two have nothing to do with each other.
 */
export function bootstrapPlace(
  bucket: BucketStatus,
  local: State | undefined,
  remote: State | undefined,
): { readonly place: BootstrapPlace; readonly isLocalObsolete: boolean } {
  if (bucket === "absent") {
    return { place: "local", isLocalObsolete: false };
  }
  if (local === undefined || remote === undefined) {
    return { place: local === undefined ? "bucket" : "local", isLocalObsolete: false };
  }
  if (local.lineage === remote.lineage && local.serial > remote.serial) {
    return { place: "local", isLocalObsolete: false };
  }
  // Terraform gives a state a new lineage when it moves it into an empty bucket.
  if (local.lineage === remote.lineage || isSameState(local, remote) || managedCountOf(local) === 0) {
    return { place: "bucket", isLocalObsolete: true };
  }
  throw new CommandError(
    "The bootstrap stack has two states of different origin: one in the state bucket and one in .meridian/bootstrap. Nothing was changed.",
    "The one in the bucket is the environment's if others deploy it; then move the file in .meridian/bootstrap away, and import or delete by hand what only it knows.",
  );
}

/**
 * Where the states of an environment are.
 *
 * All are in the bucket that the bootstrap stack makes; until that bucket exists, the
 * bootstrap stack keeps its own in a file, and moves it into the bucket once that stands.
 * Every step can be interrupted: what to do next is read from what is there.
 */
export class StateHome {
  private constructor(
    private readonly session: Session,
    private readonly bootstrap: Stack | undefined,
    private readonly bucket: BucketStatus,
    private place: BootstrapPlace,
    /** Whether the bootstrap stack's state is where everybody finds it. */
    private readonly isSettled: boolean,
  ) {}

  /** Whether this run keeps other clones from making, or taking down, the bucket. */
  private isClaimed = false;

  /** Looks at the bucket and at what an earlier run may have left. */
  public static async find(session: Session): Promise<StateHome> {
    const bootstrap = session.synthesis.stacks.find(
      (stack) => stack.name === `${session.environment.name}-bootstrap` && stack.backend?.type === "s3",
    );
    if (bootstrap === undefined) {
      return new StateHome(session, undefined, "present", "bucket", true);
    }
    const { context, environment, instanceId, access } = session;
    const file = context.workspace.bootstrapState(environment.name);
    if (
      instanceId !== undefined &&
      lostDeploy(context.workspace, environment.name, instanceId) !== undefined
    ) {
      setAside(file, "lost");
      rmSync(context.workspace.data(bootstrap.name), { recursive: true, force: true });
    }
    const bucket = String(bootstrap.backend?.settings.bucket);
    const region = String(bootstrap.backend?.settings.region);
    await guardStateCopy(session, !session.lock);
    const status = await context.aws.bucketStatus(access, bucket, region);
    refuseStrangeBucket(session, bootstrap, bucket, status);
    const remote = status === "present" ? await stateOf(session, bootstrap) : undefined;
    const { place, isLocalObsolete } = bootstrapPlace(status, readLocalState(file), remote);
    if (isLocalObsolete) {
      setAside(file, "migrated");
    }
    return new StateHome(session, bootstrap, status, place, place === "bucket" && remote !== undefined);
  }

  /**
   * As {@link find}, for a run that makes the bucket where there is none: of two that begin at the same time
   * from two clones, one waits for the other and goes on with what that has made. {@link close} it in the end.
   */
  public static async findToMake(session: Session): Promise<StateHome> {
    const home = await StateHome.find(session);
    if (home.isSettled || !session.selected.some((stack) => home.isBootstrap(stack))) {
      return home;
    }
    const isClaimed = await claimFirstDeploy(session, async () => (await StateHome.find(session)).isSettled);
    // Another may have made it between the look and the claim.
    const now = await StateHome.find(session);
    now.isClaimed = isClaimed;
    return now;
  }

  /** Ends a run. While this clone alone has the state of what was made, no other may make it again. */
  public async close(): Promise<void> {
    if (!this.isClaimed) {
      return;
    }
    const begun = beside(this.localFile, "begun.json");
    if (this.place === "local" && (managedCountOf(readLocalState(this.localFile)) > 0 || existsSync(begun))) {
      const { context, environment } = this.session;
      context.terminal.err(
        `What stands of the state bucket of ${environment.name} is known in ${context.workspace.projectDirectory} only: run the command again there. Other clones wait for it.\n`,
      );
      return;
    }
    try {
      await giveUpClaim(this.session);
      this.isClaimed = false;
    } catch (error) {
      // It must not hide why the run itself failed; this clone goes on with its claim.
      this.session.context.terminal.err(`Other clones are kept waiting: ${messageOf(error)}\n`);
    }
  }

  /** The stacks that must be deployed before this one can be planned. */
  public async blockersOf(stack: Stack): Promise<string[]> {
    if (stack.name === this.bootstrap?.name) {
      return [];
    }
    if (this.bootstrap !== undefined && !this.hasBucket) {
      return [this.bootstrap.name];
    }
    const { context, synthesis, access } = this.session;
    return blockersOf(stack, synthesis.stacks, (backend) => context.aws.readState(access, backend));
  }

  /** The state of a stack, wherever it is; nothing before its first deploy. */
  public async stateOf(stack: Stack): Promise<State | undefined> {
    if (stack.name === this.bootstrap?.name && this.place === "local") {
      return readLocalState(this.localFile);
    }
    return this.hasBucket ? stateOf(this.session, stack) : undefined;
  }

  /** Prepares a stack's directory for planning. */
  public async init(stack: Stack): Promise<void> {
    await this.session.terraform.init(stack, this.prepare(stack));
  }

  /** Moves the bootstrap stack's state into the bucket that it has made; other stacks have theirs there. */
  public async settle(stack: Stack): Promise<void> {
    if (stack.name !== this.bootstrap?.name) {
      return;
    }
    if (this.place === "local") {
      await this.moveIntoBucket(stack);
    }
    await this.close();
  }

  private async moveIntoBucket(stack: Stack): Promise<void> {
    rmSync(overrideOf(stack), { force: true });
    await this.session.terraform.init(stack, { backend: "migrate" });
    const [local, remote] = [readLocalState(this.localFile), await stateOf(this.session, stack)];
    if (local === undefined || remote === undefined || !isSameState(local, remote)) {
      throw new CommandError(
        `The state of ${stack.name} did not arrive in the bucket; it is still in ${this.localFile}.`,
        "Run the command again; it continues from there.",
      );
    }
    setAside(this.localFile, "migrated");
    this.place = "bucket";
  }

  /** Takes the bootstrap stack's state back out of the bucket, which is about to be destroyed. */
  public async unsettle(stack: Stack): Promise<void> {
    if (stack.name !== this.bootstrap?.name || this.place === "local") {
      return;
    }
    this.isClaimed = await claimFirstDeploy(this.session, () => Promise.resolve(false));
    setAside(this.localFile, "migrated");
    this.writeOverride(stack);
    await this.session.terraform.init(stack, { backend: "migrate" });
    this.place = "local";
  }

  /**
   * Forgets the bootstrap stack's state once it holds nothing any more. Where the bucket stays, as one does that
   * the stack did not make, the copy that the state left there when it moved would describe what is gone.
   */
  public async forgetWhenEmpty(stack: Stack): Promise<void> {
    const state = readLocalState(this.localFile);
    if (state === undefined || managedCountOf(state) > 0) {
      return;
    }
    const { context, access } = this.session;
    const { bucket = "", region = "", key = "" } = (stack.backend?.settings ?? {}) as Record<string, string>;
    if ((await context.aws.bucketStatus(access, bucket, region)) === "present") {
      await context.aws.objects.remove(access, { bucket, region, key });
    }
    rmSync(this.localFile);
    rmSync(`${this.localFile}.backup`, { force: true });
  }

  /** Whether a stack is the one that makes the bucket. */
  public isBootstrap(stack: Stack): boolean {
    return stack.name === this.bootstrap?.name;
  }

  /** Where a stack's state is now: the bootstrap stack's may still be in a file. */
  public backendOf(stack: Stack): Backend | undefined {
    return this.isBootstrap(stack) && this.place === "local"
      ? { type: "local", settings: { path: this.localFile } }
      : stack.backend;
  }

  private get localFile(): string {
    return this.session.context.workspace.bootstrapState(this.session.environment.name);
  }

  private get hasBucket(): boolean {
    return this.bootstrap === undefined || this.bucket === "present" || this.place === "bucket";
  }

  private prepare(stack: Stack): InitOptions {
    if (stack.name !== this.bootstrap?.name) {
      return { backend: isOtherCopy(this.session, stack) ? "reconfigure" : "configured" };
    }
    if (this.place === "local") {
      this.writeOverride(stack);
      return { backend: "reconfigure" };
    }
    rmSync(overrideOf(stack), { force: true });
    // Left in place, Terraform itself notices that the state's place was changed.
    const recorded = recordedBackend(this.session, stack);
    const isElsewhere = recorded?.type === "local" || isOtherCopy(this.session, stack);
    return { backend: isElsewhere ? "reconfigure" : "configured" };
  }

  private writeOverride(stack: Stack): void {
    ensurePrivateDirectory(dirname(this.localFile));
    writePrivateFile(
      overrideOf(stack),
      JSON.stringify({ terraform: { backend: { local: { path: this.localFile } } } }),
    );
  }
}

function overrideOf(stack: Stack): string {
  return join(stack.directory, "backend_override.tf.json");
}

function setAside(file: string, suffix: string): void {
  if (existsSync(file)) {
    renameSync(file, `${file}.${suffix}`);
  }
}

/** Whether Terraform last used the other copy of a stack's state: the bucket, or its replica. */
function isOtherCopy(session: Session, stack: Stack): boolean {
  const recorded = recordedBackend(session, stack);
  const buckets = (["home", "replica"] as const).map((copy) => bucketOf(session.environment, copy).bucket);
  return (
    recorded?.type === "s3" &&
    recorded.config.bucket !== stack.backend?.settings.bucket &&
    buckets.includes(String(recorded.config.bucket)) &&
    buckets.includes(String(stack.backend?.settings.bucket))
  );
}

/** The backend that Terraform used for a stack the last time. */
function recordedBackend(
  session: Session,
  stack: Stack,
): { type: string; config: Record<string, unknown> } | undefined {
  const file = join(session.context.workspace.data(stack.name), "terraform.tfstate");
  return existsSync(file)
    ? (
        JSON.parse(readFileSync(file, "utf8")) as {
          backend?: { type: string; config: Record<string, unknown> };
        }
      ).backend
    : undefined;
}

function refuseStrangeBucket(session: Session, bootstrap: Stack, bucket: string, status: BucketStatus): void {
  if (status === "forbidden") {
    throw new CommandError(
      `The state bucket ${bucket} exists, but these credentials may not use it.`,
      "Allow them s3:ListBucket on it. If the bucket is another account's, name another one in the environment's `state.bucket`.",
    );
  }
  const recorded = recordedBackend(session, bootstrap);
  if (status === "absent" && recorded?.type === "s3" && session.environment.target === "aws") {
    const before = String(recorded.config.bucket);
    throw new CommandError(
      before === bucket
        ? `The state bucket ${bucket}, which held the environment's states, is gone.`
        : `The state bucket was ${before} and is now to be ${bucket}, which does not exist. The states would be left behind.`,
      before === bucket
        ? `Restore it from its replica. If the environment is really gone, delete ${session.context.workspace.data(bootstrap.name)}.`
        : "Set the environment's `state.bucket` back.",
    );
  }
}
