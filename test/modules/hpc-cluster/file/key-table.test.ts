import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keyRows, keyTable } from "../../../../modules/hpc-cluster/file/key-table";
import { testNames } from "../../../support/test-names";
import parallelCluster from "../parallelcluster.json";

const folder = join(__dirname, "../../../../modules/hpc-cluster");
const textOf = (name: string) => readFileSync(join(folder, name), "utf8");

/** Markdown without the padding that the formatter gives tables. */
function unpadded(markdown: string): string {
  return markdown.replace(/-{3,}/g, "---").replace(/ +/g, " ");
}

/** The cells of every row of a page's tables below their heads. */
function rowsOf(markdown: string): string[][] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter((row, index) => !isRule(row) && !isRule(cells[index + 1] ?? []));
}

const isRule = ([first = ""]: readonly string[]) => /^-+$/.test(first);

/** The named tests of a cell that are not there. */
function missingTests(cell: string): string[] {
  const links = [...cell.matchAll(/\[([^\]]+)\]\(([^)]+\.ts)\)/g)];
  return links.flatMap(([link, name = "", path = ""]) => {
    const file = join(folder, path);
    return existsSync(file) && testNames(file).has(name) ? [] : [link];
  });
}

const hasTest = (cell: string) => /\]\([^)]+\.ts\)/.test(cell);

const within = (path: string, around: string) =>
  path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[]`);

describe("the README of the module", () => {
  it("ends with the table of keys", () => {
    expect(unpadded(textOf("README.md")).endsWith(unpadded(keyTable()))).toBe(true);
  });

  it("has every key of ParallelCluster, and others only that are said to be Meridian's own", () => {
    const rows = keyRows();
    const listed = parallelCluster.keys;

    expect(listed.filter((key) => !rows.some(({ path }) => within(path, key)))).toEqual([]);
    expect(
      rows
        .filter(({ extension }) => !extension)
        .map(({ path }) => path)
        .filter((path) => !listed.some((key) => within(path, key) || within(key, path))),
    ).toEqual([]);
  });

  it("compares with ParallelCluster by tests that are there, and says what is missing", () => {
    const [, comparison = ""] = textOf("README.md").split("\n## Compared with ParallelCluster");
    const rows = rowsOf(comparison.split("\n## ")[0] ?? "");

    expect(rows.length).toBeGreaterThan(30);
    expect(
      rows.filter((row) => row.length !== 4 || !["have", "warn", "missing"].includes(row[1] ?? "")),
    ).toEqual([]);
    expect(rows.filter(([, answer, , test = ""]) => answer === "have" && !hasTest(test))).toEqual([]);
    expect(rows.filter(([, answer, remark]) => answer !== "have" && remark === "")).toEqual([]);
    expect(rows.flatMap((row) => missingTests(row[3] ?? ""))).toEqual([]);
  });
});

describe("the page of validators", () => {
  const rows = rowsOf(textOf("validators.md"));

  it("answers each validator of ParallelCluster once", () => {
    expect(rows.map(([name]) => name)).toEqual(parallelCluster.validators);
  });

  it("proves what is there by tests that are there, and gives a reason for all else", () => {
    expect(rows.filter(([, answer = ""]) => !["have", "differs", "missing"].includes(answer))).toEqual([]);
    expect(rows.filter(([, answer, , test = ""]) => (answer !== "missing") !== hasTest(test))).toEqual([]);
    expect(rows.filter(([, answer, remark]) => answer !== "have" && remark === "")).toEqual([]);
    expect(rows.flatMap((row) => missingTests(row[3] ?? ""))).toEqual([]);
  });
});
