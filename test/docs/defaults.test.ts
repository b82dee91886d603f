import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import ts from "typescript";

const root = join(__dirname, "../..");

/** Names by the file that a module's entry takes them from; undefined for all that the file exports. */
function publicNames(): Map<string, Set<string> | undefined> {
  const found = new Map<string, Set<string> | undefined>();
  const follow = (file: string, wanted: ReadonlySet<string> | undefined): void => {
    sourceOf(file).statements.forEach((statement) => {
      if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) {
        return;
      }
      const path = join(dirname(file), (statement.moduleSpecifier as ts.StringLiteral).text);
      const target = existsSync(join(root, `${path}.ts`)) ? `${path}.ts` : `${path}/index.ts`;
      const { exportClause } = statement;
      if (exportClause === undefined || ts.isNamespaceExport(exportClause)) {
        found.set(target, undefined);
        follow(target, wanted);
        return;
      }
      const names = exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
      const known = found.get(target);
      if (!found.has(target) || known !== undefined) {
        found.set(target, new Set([...(known ?? []), ...names]));
      }
    });
  };
  readdirSync(join(root, "modules"))
    .map((name) => `modules/${name}/index.ts`)
    .filter((file) => existsSync(join(root, file)))
    .forEach((file) => {
      follow(file, undefined);
    });
  return found;
}

const parsed = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const text = () => readFileSync(join(root, file), "utf8");
  const source = parsed.get(file) ?? ts.createSourceFile(file, text(), ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

function hasDefault(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "default");
}

/** Optional properties below a node, each with what to call it. */
function optionalProperties(node: ts.Node, isOptional: (node: ts.Node) => boolean): ts.Node[] {
  const below: ts.Node[] = [];
  node.forEachChild((child) => {
    below.push(...optionalProperties(child, isOptional));
  });
  return isOptional(node) ? [node, ...below] : below;
}

function isOptionalSignature(node: ts.Node): boolean {
  return ts.isPropertySignature(node) && node.questionToken !== undefined;
}

/** `z.string().optional()`, `…default(…)` and `…prefault(…)` as the value of a key. */
function isOptionalField(node: ts.Node): boolean {
  return (
    ts.isPropertyAssignment(node) &&
    ts.isCallExpression(node.initializer) &&
    ts.isPropertyAccessExpression(node.initializer.expression) &&
    ["optional", "default", "prefault"].includes(node.initializer.expression.name.text)
  );
}

function nameOf(file: string, node: ts.Node): string {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${file}:${line + 1} ${(node as ts.PropertySignature).name.getText()}`;
}

function schemaFiles(folder = "environments/schema"): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? schemaFiles(path) : [path];
  });
}

describe("the documentation of what may be left out", () => {
  it("gives the default of every optional property that the package's types show", () => {
    const properties = [...publicNames()].flatMap(([file, names]) =>
      sourceOf(file)
        .statements.filter(
          (statement): statement is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
            (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
            (ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export) !== 0 &&
            (names?.has(statement.name.text) ?? true),
        )
        .flatMap((statement) => optionalProperties(statement, isOptionalSignature))
        .map((node) => ({ file, node })),
    );

    expect(properties.length).toBeGreaterThan(300);
    expect(
      properties.filter(({ node }) => !hasDefault(node)).map(({ file, node }) => nameOf(file, node)),
    ).toEqual([]);
  });

  it("gives the default of every key that an environment may leave out", () => {
    const fields = schemaFiles().flatMap((file) =>
      optionalProperties(sourceOf(file), isOptionalField).map((node) => ({ file, node })),
    );

    expect(fields.length).toBeGreaterThan(100);
    expect(
      fields.filter(({ node }) => !hasDefault(node)).map(({ file, node }) => nameOf(file, node)),
    ).toEqual([]);
  });
});
