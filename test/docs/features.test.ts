import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";

const folder = join(__dirname, "../../docs");
const page = readFileSync(join(folder, "features.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([first = ""]) => first !== "Capability" && !/^-+$/.test(first));
const proof = /^\[(.+)\]\((\.\.\/test\/.+\.ts)\)$/;

/** Names of the tests of a file, with the rows of tables filled in. */
function testNames(file: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      const title = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
      if (title !== undefined && isIt(node.expression)) {
        names.add(title);
      } else if (title !== undefined && ts.isCallExpression(node.expression) && isEach(node.expression)) {
        names.add(title);
        firstValues(node.expression.arguments[0]).forEach((value) => names.add(title.replace("%s", value)));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
  return names;
}

function isIt(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && node.text === "it";
}

function isEach({ expression }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    expression.name.text === "each" &&
    isIt(expression.expression)
  );
}

/** What stands first in each row of a table of cases. */
function firstValues(table: ts.Expression | undefined): string[] {
  const array = table !== undefined && ts.isAsExpression(table) ? table.expression : table;
  return array !== undefined && ts.isArrayLiteralExpression(array)
    ? array.elements.flatMap((row) => {
        const value = ts.isArrayLiteralExpression(row) ? row.elements[0] : row;
        return value !== undefined && ts.isStringLiteralLike(value) ? [value.text] : [];
      })
    : [];
}

describe("docs/features.md", () => {
  it("compares each capability with all three peers", () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((row) => row.length !== 5 || row.includes(""))).toEqual([]);
  });

  it("names no capability twice in a table", () => {
    for (const table of page.split("\n## ").slice(1)) {
      const names = [...table.matchAll(/^\| (.+?) +\|/gm)].map(([, name]) => name);

      expect(names).toEqual([...new Set(names)]);
    }
  });

  it("proves each of our rows by a test that is there, or says that it is missing", () => {
    const unproved = rows.flatMap(([capability = "", , , , own = ""]) => {
      const [, name = "", path = ""] = proof.exec(own) ?? [];
      const file = join(folder, path);
      if (own === "missing" || (path !== "" && existsSync(file) && testNames(file).has(name))) {
        return [];
      }
      return [`${capability}: ${own}`];
    });

    expect(unproved).toEqual([]);
  });

  it("links to tests and examples only where they are", () => {
    const targets = [...page.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, target = ""]) => join(folder, target));

    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });
});
