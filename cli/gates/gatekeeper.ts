import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import {
  type Approval,
  approvalDraft,
  type ApprovalFile,
  evaluateGates,
  type GatedImage,
  type GatedPlan,
  type GatedStack,
  type GateResult,
  InvalidApprovals,
  parseApprovals,
} from "../../analysis/gates";
import { CommandError, messageOf } from "../base/errors";
import type { Orphan } from "../state/orphans";
import type { Denials } from "./policies";
import { signatureNamespace, unsignedApprovals } from "./approval-signatures";
import { committedText, git, isInRepository } from "../base/repository";
import type { Session } from "../session/session";

const folder = "approvals";

/**
 * Keeps what is dangerous from being applied without an approval that lies in the repository. It
 * remembers what it let through: the changes of a deploy are counted over all its waves.
 */
export class Gatekeeper {
  private readonly approvals: readonly Approval[];
  private readonly uncommitted: readonly string[];
  private readonly unsigned: ReadonlyMap<string, string>;
  private readonly admitted: GatedStack[] = [];
  private readonly waves: string[][] = [];

  public constructor(
    private readonly session: Session,
    private readonly orphans: readonly Orphan[] = [],
  ) {
    const { projectDirectory } = session.context.workspace;
    const files = approvalFiles(projectDirectory);
    this.uncommitted = uncommittedOf(projectDirectory, files);
    const approvals = readApprovals(files.filter(({ file }) => !this.uncommitted.includes(file)));
    const { name, rollout } = session.environment;
    this.unsigned =
      rollout.approvers === undefined
        ? new Map()
        : unsignedApprovals(
            projectDirectory,
            approvals.filter(({ environment }) => environment === name),
            files,
            rollout.approvers,
          );
    this.approvals = approvals.filter(({ file }) => !this.unsigned.has(file));
  }

  /** What the gates say of stacks, without letting anything through. */
  public judge(
    stacks: readonly GatedStack[],
    waves: readonly (readonly string[])[] = [],
    images: readonly GatedImage[] = [],
  ): GateResult {
    const { environment } = this.session;
    const plan: GatedPlan = {
      environment: environment.name,
      stacks: [...this.admitted, ...stacks],
      orphans: this.orphans.map(({ stack, resources }) => ({ name: stack.name, resources })),
      waves: [...this.waves, ...waves],
      images,
    };
    const { maximumChanges } = environment.rollout;
    return evaluateGates(plan, { maximumChanges }, this.approvals, this.today);
  }

  /**
   * Lets stacks through that go together.
   *
   * @throws CommandError with the approval to commit, when there is none for something.
   */
  public admit(stacks: readonly GatedStack[], waves: readonly (readonly string[])[] = []): void {
    const { refused } = this.judge(stacks, waves);
    if (refused.length > 0) {
      throw this.refusal(refused);
    }
    this.admitted.push(...stacks);
    this.waves.push(...waves.map((wave) => [...wave]));
  }

  /**
   * Lets images through that something speaks against.
   *
   * @throws CommandError with what there is to do, and the approval to commit, when there is none for one.
   */
  public admitImages(images: readonly GatedImage[]): void {
    const { refused } = this.judge([], [], images);
    const [first] = refused;
    if (first !== undefined) {
      const [repository = "", digest = ""] = first.address?.split("@") ?? [];
      throw this.refusal(
        refused,
        "Rebuild the image with patched packages, push it and deploy that. " +
          `\`aws ecr describe-image-scan-findings --repository-name ${repository} --image-id imageDigest=${digest}\` lists what was found. ` +
          "To run it anyway until a given day: ",
      );
    }
  }

  private get today(): string {
    return this.session.context.now().toISOString().slice(0, 10);
  }

  private refusal(refused: GateResult["refused"], remedy = ""): CommandError {
    const { name } = this.session.environment;
    const lines = refused.map(
      ({ gate, summary, expired }) =>
        `  - ${gate}: ${summary}${expired.length === 0 ? "" : ` (${expired.join(", ")} is not valid today)`}`,
    );
    const ignored = [
      ...this.uncommitted.map((file) => `\n${file} is not committed, so it approves nothing.`),
      ...[...this.unsigned].map(([file, why]) => `\n${file} approves nothing: ${why}.`),
    ].join("");
    const signing =
      this.session.environment.rollout.approvers === undefined
        ? ""
        : ` Sign it: \`ssh-keygen -Y sign -n ${signatureNamespace} -f <private key of 'approvedBy'> ${folder}/${name}-${this.today}.yaml\`, and commit the .sig file with it.`;
    return new CommandError(
      `This needs an approval in ${folder}/ that '${name}' does not have:\n${lines.join("\n")}\nNone of it was changed.${ignored}`,
      `${remedy}${remedy === "" ? "Complete" : "complete"} this, have it reviewed, and commit it as ${folder}/${name}-${this.today}.yaml. Plans that were saved before are of another commit then: save them again.${signing}\n\n${approvalDraft(name, refused, this.today)}`,
    );
  }
}

/**
 * What the gates judge of stacks: all that happens to those that stand, and what policies deny of any. A first
 * deploy endangers nothing that stands, and may still be against a policy.
 */
export function gatedOf(
  stacks: readonly (GatedStack & { readonly fromCode?: boolean })[],
  standing: ReadonlySet<string>,
  denials: Denials,
): GatedStack[] {
  return stacks.flatMap((stack) => {
    const denied = denials.get(stack.name) ?? stack.denials ?? [];
    const isJudged = standing.has(stack.name) && stack.fromCode !== true;
    const { name } = stack;
    return isJudged
      ? [{ ...stack, denials: denied }]
      : denied.length > 0
        ? [{ name, changes: [], denials: denied }]
        : [];
  });
}

function approvalFiles(directory: string): ApprovalFile[] {
  const path = join(directory, folder);
  const names = existsSync(path) ? readdirSync(path).sort() : [];
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(join(path, name), "utf8") }));
}

function readApprovals(files: readonly ApprovalFile[]): Approval[] {
  try {
    return parseApprovals(files);
  } catch (error) {
    if (error instanceof InvalidApprovals) {
      throw new CommandError(error.message, "Correct the file; a file with any error approves nothing.");
    }
    throw error;
  }
}

/**
 * Approvals that nobody else can have read yet: what the commit does not have as it lies here. (The status
 * of the work tree leaves out what git is told to ignore.) Outside of a git repository there are none.
 */
function uncommittedOf(directory: string, files: readonly ApprovalFile[]): string[] {
  if (files.length === 0 || !isInRepository(directory)) {
    return [];
  }
  try {
    git(directory, "rev-parse", "--git-dir");
  } catch (error) {
    throw new CommandError(
      `git cannot show which approvals are committed: ${messageOf(error)}`,
      "Approvals count only where git can be asked: install it, and let it read this repository.",
    );
  }
  return files
    .filter(
      ({ file, text }) =>
        withoutCarriageReturns(committedText(directory, file)) !== withoutCarriageReturns(text),
    )
    .map(({ file }) => file);
}

/** Git may change line ends when it checks a file out. */
function withoutCarriageReturns(text: string | undefined): string | undefined {
  return text?.replaceAll("\r\n", "\n");
}
