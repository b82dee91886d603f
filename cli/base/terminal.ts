/** The person, or the pipeline, that runs the command. */
export interface Terminal {
  /** Whether somebody is there who can answer and see lines redrawn. */
  readonly isInteractive: boolean;
  /** Width of the window in which progress is shown, in cells. */
  readonly columns: number;
  /**
   * Height of that window.
   *
   * @default 24
   */
  readonly rows?: number | undefined;
  /**
   * Width of the window in which results are shown.
   *
   * @default - they are not shown in a window, and as wide as they get
   */
  readonly outColumns?: number | undefined;
  /**
   * Whose log this is written to, where lines can be folded in it.
   *
   * @default - nothing is folded
   */
  readonly folding?: Folding | undefined;
  /** Writes results. */
  out(text: string): void;
  /** Writes progress, remarks and errors. */
  err(text: string): void;
  /** Asks one question. Throws InterruptedError on Ctrl-C. */
  ask(question: string): Promise<string>;
}

/** A pipeline whose log can fold lines. */
export type Folding = "github" | "gitlab";
