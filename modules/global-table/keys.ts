/** An attribute that items are found by. */
export interface KeyAttribute {
  /** Its name, up to 255 characters. */
  readonly name: string;
  /** What it holds: `S` for text, `N` for numbers, `B` for bytes. */
  readonly type: "S" | "N" | "B";
}

/** A second way to find items, the same in every region. */
export interface GlobalSecondaryIndex {
  /** The attribute that spreads the items. */
  readonly partitionKey: KeyAttribute;
  /**
   * The attribute that orders items of one partition key.
   *
   * @default - the index has none
   */
  readonly sortKey?: KeyAttribute;
  /**
   * What the index holds besides the keys: everything, nothing, or some attributes by name.
   *
   * @default "ALL"
   */
  readonly projection?: "ALL" | "KEYS_ONLY" | readonly string[];
}
