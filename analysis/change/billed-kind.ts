/** How a change makes something that is billed for standing begin, end or change its size. */
export interface Billed {
  /** Its {@link BilledKind.name}. */
  readonly kind: string;
  readonly effect: "added" | "removed" | "resized";
}
