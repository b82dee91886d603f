/** Caps of one element; the budget decides how many elements there are. */
export interface Detail {
  readonly environments: number;
  readonly stacks: number;
  readonly address: number;
  readonly value: number;
  readonly names: number;
  readonly findings: number;
  readonly lines: number;
  readonly itemBytes: number;
  readonly rows: number;
  readonly error: number;
}

/** For a comment. */
export const brief: Detail = {
  environments: 12,
  stacks: 60,
  address: 160,
  value: 240,
  names: 10,
  findings: 6,
  lines: 40,
  itemBytes: 6_000,
  rows: 20,
  error: 1_500,
};

/** For a file. */
export const full: Detail = {
  environments: Number.POSITIVE_INFINITY,
  stacks: Number.POSITIVE_INFINITY,
  address: 2_000,
  value: 20_000,
  names: 1_000,
  findings: 100,
  lines: 100_000,
  itemBytes: Number.POSITIVE_INFINITY,
  rows: Number.POSITIVE_INFINITY,
  error: 100_000,
};
