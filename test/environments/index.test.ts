import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import * as ts from "typescript";

import { environmentNamed, environments } from "../../environments";
import { refusal } from "../support/synth";

const folder = join(__dirname, "../../environments");

/** The kinds of the nodes below a value that compute something instead of saying it. */
function logicOf(node: ts.Expression): string[] {
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)
        ? logicOf(property.initializer)
        : [ts.SyntaxKind[property.kind]],
    );
  }
  if (ts.isArrayLiteralExpression(node)) {
    return node.elements.flatMap(logicOf);
  }
  const isLiteral =
    ts.isStringLiteral(node) ||
    ts.isNumericLiteral(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword;
  return isLiteral ? [] : [ts.SyntaxKind[node.kind]];
}

describe("the environments of this repository", () => {
  it("pass their checks, in the order of promotion", () => {
    expect(environments.map(({ name }) => name)).toEqual(["local", "dev", "staging", "prod"]);
  });

  it("have files of their names", () => {
    const names = readdirSync(folder);

    expect(environments.filter(({ name }) => !names.includes(`${name}.ts`))).toEqual([]);
  });

  it.each(environments.map(({ name }) => name))("are data without logic in %s.ts", (name) => {
    const file = ts.createSourceFile(
      name,
      readFileSync(join(folder, `${name}.ts`), "utf8"),
      ts.ScriptTarget.ES2022,
      true,
    );
    const [imported, exported, ...more] = file.statements;

    expect(more).toEqual([]);
    expect(imported?.getText()).toBe('import type { EnvironmentInput } from "./environment";');
    expect(
      exported !== undefined &&
        ts.isExportAssignment(exported) &&
        ts.isSatisfiesExpression(exported.expression),
    ).toBe(true);
    const { expression } = (exported as ts.ExportAssignment).expression as ts.SatisfiesExpression;
    expect(logicOf(expression)).toEqual([]);
  });

  it("differ as their purposes do", () => {
    const [local, dev, staging, prod] = ["local", "dev", "staging", "prod"].map(environmentNamed);

    expect(local).toMatchObject({
      target: "local-cloud",
      account: "123456789012",
      deletionProtection: false,
    });
    expect(Object.keys(local?.regions ?? {})).toEqual(["eu-west-1", "eu-central-1"]);
    expect(Object.keys(dev?.regions ?? {})).toEqual(["eu-west-1"]);
    expect(dev?.regions["eu-west-1"]?.natGateways).toBe("single");
    expect(Object.keys(staging?.regions ?? {})).toHaveLength(2);
    expect(prod).toMatchObject({ deletionProtection: true, confirmation: "name" });
    expect(Object.keys(prod?.regions ?? {})).toEqual(["eu-west-1", "eu-central-1", "us-east-1"]);
  });
});

describe("environmentNamed", () => {
  it("finds an environment by its name", () => {
    expect(environmentNamed("prod").name).toBe("prod");
  });

  it("refuses a misspelt name and names the nearest", () => {
    expect(refusal(() => environmentNamed("stagin"))).toBe(
      "environments: 'name' must be one of local, dev, staging, prod, got \"stagin\"; write 'staging', the nearest one",
    );
  });
});
