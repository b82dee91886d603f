import { readFileSync } from "node:fs";
import ts from "typescript";

/** Names of the tests of a file, with the rows of tables filled in. */
export function testNames(file: string): Set<string> {
  const names = new Set<string>();
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const tables = tablesOf(source);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      const title = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
      if (title !== undefined && isTest(node.expression)) {
        names.add(title);
      } else if (title !== undefined && ts.isCallExpression(node.expression) && isEach(node.expression)) {
        names.add(title);
        const [table] = node.expression.arguments;
        const rows = table !== undefined && ts.isIdentifier(table) ? tables.get(table.text) : table;
        firstValues(rows).forEach((value) => names.add(title.replace("%s", value)));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** The constants of a file that hold something, by name. */
function tablesOf(source: ts.SourceFile): Map<string, ts.Expression> {
  const declarations = source.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [],
  );
  return new Map(
    declarations.flatMap(({ name, initializer }): [string, ts.Expression][] =>
      ts.isIdentifier(name) && initializer !== undefined ? [[name.text, initializer]] : [],
    ),
  );
}

function isTest(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && ["it", "test"].includes(node.text);
}

function isEach({ expression }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    expression.name.text === "each" &&
    isTest(expression.expression)
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
