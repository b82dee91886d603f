import type { Terminal } from "../base/terminal";
import type { TargetEnvironment } from "../base/target-environment";
import { UsageError } from "../base/errors";

/** The options that answer questions beforehand. */
export interface ApprovalOptions {
  /** `--auto-approve`. */
  readonly autoApprove?: boolean;
  /** `--confirm <env>`. */
  readonly confirm?: string;
}

/** Asks whether to go on; what `--auto-approve` and `--confirm` answer is not asked. */
export class Approval {
  private isNameGiven: boolean;

  /** @throws UsageError when a question would remain that nobody is there to answer. */
  public constructor(
    private readonly terminal: Terminal,
    private readonly environment: TargetEnvironment,
    private readonly options: ApprovalOptions,
  ) {
    const { name } = environment;
    this.isNameGiven = environment.confirmation === "yes" || options.confirm === name;
    if (options.confirm !== undefined && options.confirm !== name) {
      throw new UsageError(
        `--confirm names '${options.confirm}', but the environment is '${name}'.`,
        `If '${name}' is what you mean, give --confirm ${name}.`,
      );
    }
    if (!terminal.isInteractive && !(this.isNameGiven && options.autoApprove === true)) {
      const flags =
        environment.confirmation === "name" ? `--auto-approve --confirm ${name}` : "--auto-approve";
      throw new UsageError(`Nobody is here to approve the changes to '${name}'.`, `Give ${flags}.`);
    }
  }

  /** Whether the user agrees. The first agreement to a guarded environment is its name. */
  public async given(question: string): Promise<boolean> {
    if (!this.isNameGiven) {
      const answer = await this.terminal.ask(`${question} Type the environment's name to agree: `);
      this.isNameGiven = answer.trim() === this.environment.name;
      return this.isNameGiven;
    }
    if (this.options.autoApprove === true) {
      return true;
    }
    const answer = await this.terminal.ask(`${question} [yes/no] `);
    return /^y(es)?$/i.test(answer.trim());
  }
}
