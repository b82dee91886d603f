import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import {
  type Approval,
  approvalDraft,
  evaluateGates,
  type GatedImage,
  type GatedPlan,
  type GatedStack,
  type GateResult,
  InvalidApprovals,
  parseApprovals,
} from "../analysis/gates";
import { CommandError } from "./errors";
import type { Orphan } from "./orphans";
import type { Session } from "./session";

const folder = "approvals";

/**
 * Keeps what is dangerous from being applied without an approval that lies in the repository. It
 * remembers what it let through: the changes of a deploy are counted over all its waves.
 */
export class Gatekeeper {
  private readonly approvals: readonly Approval[];
  private readonly uncommitted: readonly string[];
  private readonly admitted: GatedStack[] = [];
  private readonly waves: string[][] = [];

  public constructor(
    private readonly session: Session,
    private readonly orphans: readonly Orphan[] = [],
  ) {
    const { projectDirectory } = session.context.workspace;
    this.uncommitted = uncommittedIn(projectDirectory);
    this.approvals = approvalsIn(projectDirectory, this.uncommitted);
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
        "Build the image on what is patched, push it and deploy that. " +
          `\`aws ecr describe-image-scan-findings --repository-name ${repository} --image-id imageDigest=${digest}\` lists what was found. ` +
          "To run it all the same until a day: ",
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
        `  - ${gate}: ${summary}${expired.length === 0 ? "" : ` (${expired.join(", ")} is not for today)`}`,
    );
    const ignored =
      this.uncommitted.length === 0
        ? ""
        : `\n${this.uncommitted.join(", ")} is not committed, so it approves nothing.`;
    return new CommandError(
      `This needs an approval in ${folder}/ that '${name}' does not have:\n${lines.join("\n")}\nNone of it was changed.${ignored}`,
      `${remedy}${remedy === "" ? "Complete" : "complete"} this, have it reviewed, and commit it as ${folder}/${name}-${this.today}.yaml. Plans that were saved before are of another commit then: save them again.\n\n${approvalDraft(name, refused, this.today)}`,
    );
  }
}

function approvalsIn(directory: string, uncommitted: readonly string[]): Approval[] {
  const path = join(directory, folder);
  const names = existsSync(path) ? readdirSync(path).sort() : [];
  const files = names
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`)
    .filter((file) => !uncommitted.includes(file));
  try {
    return parseApprovals(files.map((file) => ({ file, text: readFileSync(join(directory, file), "utf8") })));
  } catch (error) {
    if (error instanceof InvalidApprovals) {
      throw new CommandError(error.message, "Correct the file; one that is wrong anywhere approves nothing.");
    }
    throw error;
  }
}

/** Approvals that nobody else can have read yet. Outside of a git repository there are none. */
function uncommittedIn(directory: string): string[] {
  try {
    const status = execFileSync(
      "git",
      ["status", "--porcelain", "-z", "--untracked-files=all", "--", folder],
      { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return status
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => line.slice(3));
  } catch {
    return [];
  }
}
