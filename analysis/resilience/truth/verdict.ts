import type { Table, Tables } from "./table";

/**
 * What is known of every scenario: where something certainly holds, and where it may hold. Between the two
 * lies what AWS documents nothing about, or what the stacks do not say.
 */
export interface Verdict {
  readonly must: Table;
  readonly may: Table;
}

/** The arithmetic of verdicts. */
export class Verdicts {
  public readonly always: Verdict;
  public readonly never: Verdict;
  public readonly unknown: Verdict;

  public constructor(public readonly tables: Tables) {
    this.always = this.certain(tables.all);
    this.never = this.certain(tables.none);
    this.unknown = { must: tables.none, may: tables.all };
  }

  public certain(table: Table): Verdict {
    return { must: table, may: table };
  }

  public and(...verdicts: readonly Verdict[]): Verdict {
    return verdicts.reduce(
      (left, right) => ({
        must: this.tables.and(left.must, right.must),
        may: this.tables.and(left.may, right.may),
      }),
      this.always,
    );
  }

  public or(...verdicts: readonly Verdict[]): Verdict {
    return verdicts.reduce(
      (left, right) => ({
        must: this.tables.or(left.must, right.must),
        may: this.tables.or(left.may, right.may),
      }),
      this.never,
    );
  }

  /** What certainly holds certainly does not fail. */
  public not({ must, may }: Verdict): Verdict {
    return { must: this.tables.not(may), may: this.tables.not(must) };
  }

  /** At least so many of them hold. */
  public atLeast(threshold: number, verdicts: readonly Verdict[]): Verdict {
    return {
      must: this.tables.atLeast(
        threshold,
        verdicts.map(({ must }) => must),
      ),
      may: this.tables.atLeast(
        threshold,
        verdicts.map(({ may }) => may),
      ),
    };
  }
}
