import { App, TerraformStack, Testing } from "cdktf";
import {
  HpcCluster,
  keyRows,
  parseClusterFile,
  type Finding,
  type KeyRow,
} from "../../../../modules/hpc-cluster";
import { filesOf } from "./key-cases";

const rows = keyRows();
const named = (support: KeyRow["support"]) =>
  rows.filter((row) => row.support === support).map((row): [string, KeyRow] => [row.path, row]);

function build(file: string): { json: string; findings: readonly Finding[] } {
  const stack = new TerraformStack(new App({ skipValidation: true }), "test");
  const props = { name: "demo", account: "111122223333", region: "eu-west-1", configurationFile: file };
  const { findings } = new HpcCluster(stack, "Cluster", props);
  return { json: JSON.stringify(JSON.parse(Testing.synth(stack))), findings };
}

/** Most keys start from the same file, which is built once. */
const built = new Map<string, string>();

function jsonOf(file: string): string {
  const json = built.get(file) ?? build(file).json;
  built.set(file, json);
  return json;
}

/** What the key's two files build. */
const bothOf = (row: KeyRow) => {
  const { before, after } = filesOf(row);
  return { before: { json: jsonOf(before) }, after: build(after) };
};

describe("provisioned keys change the cluster", () => {
  test.each(named("provisioned"))("%s", (_path, row) => {
    const { before, after } = bothOf(row);

    expect(after.json === before.json).toBe(false);
  });
});

describe("checked keys are accepted and change nothing", () => {
  test.each(named("checked"))("%s", (_path, row) => {
    const { before, after } = bothOf(row);

    expect(after.json === before.json).toBe(true);
  });
});

describe("warned keys change nothing and are named in a warning", () => {
  test.each(named("warned"))("%s", (path, row) => {
    const { before, after } = bothOf(row);

    const warned = after.findings
      .filter(({ code }) => code === "NotProvisioned")
      .map((finding) => finding.path);
    expect(after.json === before.json).toBe(true);
    expect(warned.some((one) => path.replaceAll("[]", "[0]").startsWith(one))).toBe(true);
  });
});

describe("refused keys stop the cluster", () => {
  test.each(named("refused"))("%s", (_path, row) => {
    const { findings } = parseClusterFile(filesOf(row).after, "cluster.yaml");

    expect(findings.map(({ level, code }) => `${level} ${code}`)).toContain("ERROR Refused");
  });
});
