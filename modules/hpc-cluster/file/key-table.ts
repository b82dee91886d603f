import { clusterSchema } from "./cluster-keys";
import type { EitherShape, KeyTable, ListShape, SectionShape, Shape, Support } from "./key-schema";

/** One key of the file, as the table in the README shows it. */
export interface KeyRow {
  /** Its path, with `[]` for the items of a list. */
  readonly path: string;
  /** What Meridian does with it. */
  readonly support: Support;
  /** What it is when absent, as JSON; `required` or empty. */
  readonly presence: string;
  /** What is special about it. */
  readonly note: string;
  /** Whether ParallelCluster does not know it. */
  readonly extension: boolean;
  /** What its value looks like. */
  readonly shape: Shape<unknown>;
}

/** Every key of the file that holds a value, in the order of the schema. */
export function keyRows(): KeyRow[] {
  return rowsOf(clusterSchema.keys, "", "provisioned", false);
}

function rowsOf(keys: KeyTable, path: string, around: Support, extension: boolean): KeyRow[] {
  return Object.entries(keys).flatMap(([name, key]) => {
    const inner = path === "" ? name : `${path}.${name}`;
    const support = around === "provisioned" ? key.support : around;
    const own = extension || (key.extension ?? false);
    const below = keysOf(key.shape);
    if (below !== undefined) {
      const note =
        key.support === "provisioned"
          ? []
          : [{ path: inner, support, presence: "", note: key.note ?? "", extension: own, shape: key.shape }];
      return [
        ...note,
        ...below.flatMap(({ keys: table, suffix }) => rowsOf(table, `${inner}${suffix}`, support, own)),
      ];
    }
    const presence =
      key.presence === "required"
        ? "required"
        : key.presence === "defaulted"
          ? JSON.stringify(key.defaultValue)
          : "";
    return [{ path: inner, support, presence, note: key.note ?? "", extension: own, shape: key.shape }];
  });
}

interface Below {
  readonly keys: KeyTable;
  readonly suffix: string;
}

function keysOf(shape: Shape<unknown>): Below[] | undefined {
  switch (shape.kind) {
    case "section":
      return [{ keys: (shape as SectionShape<KeyTable>).keys, suffix: "" }];
    case "list":
      return keysOf((shape as ListShape<unknown>).item)?.map(({ keys, suffix }) => ({
        keys,
        suffix: `[]${suffix}`,
      }));
    case "either": {
      const { first, second } = shape as EitherShape<unknown, unknown>;
      const [a, b] = [keysOf(first), keysOf(second)];
      return a === undefined || b === undefined ? undefined : [...a, ...b];
    }
    default:
      return undefined;
  }
}

const testOfSupport: Readonly<Record<Support, string>> = {
  provisioned: "provisioned keys change the cluster",
  checked: "checked keys are accepted and change nothing",
  warned: "warned keys change nothing and are named in a warning",
  refused: "refused keys stop the cluster",
};

/**
 * The table of keys as Markdown, with the test of `keys.integration.ts` that shows each: the test's name is
 * the group in the second column and the key's path.
 */
export function keyTable(): string {
  const groups = Object.entries(testOfSupport).map(
    ([support, test]) => `- **${support}**: \`keys.integration.ts\`, "${test}"`,
  );
  const rows = keyRows().map(({ path, support, presence, note, extension }) => {
    const remark = [...(extension ? ["Meridian's own"] : []), ...(note === "" ? [] : [note])].join("; ");
    return `| \`${path}\` | ${support} | ${presence === "" ? "" : `\`${presence}\``} | ${remark} |`;
  });
  return [
    "Each key has a test of its own, named by the group and the key's path:",
    "",
    ...groups,
    "",
    "| Key | Meridian | Default | Remark |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
