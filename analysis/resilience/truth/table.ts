/**
 * A yes or no for every scenario, one bit each: 32 scenarios are decided by one operation. Tables are never
 * changed once they are made.
 */
export type Table = Uint32Array;

/** The tables over a number of scenarios. */
export class Tables {
  public readonly all: Table;
  public readonly none: Table;

  /** @param size - the number of scenarios. */
  public constructor(public readonly size: number) {
    this.none = new Uint32Array(Math.ceil(size / 32));
    this.all = this.of(() => true);
  }

  /** The table of what holds in a scenario. */
  public of(holds: (scenario: number) => boolean): Table {
    const table = new Uint32Array(this.none.length);
    for (let scenario = 0; scenario < this.size; scenario += 1) {
      if (holds(scenario)) {
        table[scenario >>> 5] = (table[scenario >>> 5] ?? 0) | (1 << (scenario & 31));
      }
    }
    return table;
  }

  public and(left: Table, right: Table): Table {
    return left.map((word, position) => word & (right[position] ?? 0));
  }

  public or(left: Table, right: Table): Table {
    return left.map((word, position) => word | (right[position] ?? 0));
  }

  public not(table: Table): Table {
    return this.all.map((word, position) => word & ~(table[position] ?? 0));
  }

  /** Where at least so many of the tables hold. */
  public atLeast(threshold: number, tables: readonly Table[]): Table {
    if (threshold <= 0) {
      return this.all;
    }
    if (threshold > tables.length) {
      return this.none;
    }
    // `reached[k]`: at least k of the tables so far.
    const reached: Table[] = [this.all, ...Array.from({ length: threshold }, () => this.none)];
    for (const table of tables) {
      for (let count = threshold; count >= 1; count -= 1) {
        const before = this.and(reached[count - 1] ?? this.none, table);
        reached[count] = this.or(reached[count] ?? this.none, before);
      }
    }
    return reached[threshold] ?? this.none;
  }
}

/** Whether a table holds in a scenario. */
export function holdsIn(table: Table, scenario: number): boolean {
  return (((table[scenario >>> 5] ?? 0) >>> (scenario & 31)) & 1) === 1;
}

/** Whether a table holds nowhere. */
export function isEmpty(table: Table): boolean {
  return table.every((word) => word === 0);
}

/** The scenarios in which a table holds, in order. */
export function scenariosOf(table: Table): number[] {
  const found: number[] = [];
  table.forEach((word, position) => {
    for (let rest = word; rest !== 0; rest &= rest - 1) {
      found.push(position * 32 + (31 - Math.clz32(rest & -rest)));
    }
  });
  return found;
}
