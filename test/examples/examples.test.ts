import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exampleNames, fileOf, synthesizeExample } from "./support/examples";

describe("The examples", () => {
  const directory = mkdtempSync(join(tmpdir(), "meridian-examples-"));

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("show each routing policy of Route 53 and each runtime", () => {
    expect(exampleNames()).toEqual(
      expect.arrayContaining([
        ...["simple", "weighted", "latency", "failover", "geolocation", "geoproximity", "multivalue"].map(
          (policy) => `routing-${policy}`,
        ),
        ...[
          "routing-ip-based",
          "routing-alias-tree",
          "health-checks",
          "dnssec",
          "resolver",
          "routing-controls",
        ],
        ...["fargate", "app-runner", "ecs-express", "distribution", "global-accelerator"],
        ...["global-table", "container-registry", "firewall"],
      ]),
    );
  });

  it.each(exampleNames())("%s is synthesized", (name) => {
    const stacks = synthesizeExample(name, directory);

    expect(stacks.length).toBeGreaterThan(0);
  });

  it.each(exampleNames())("%s says what it shows and how to run it", (name) => {
    const readme = fileOf(name, "README.md");

    expect(readme).toMatch(new RegExp(`^# ${name}\n`));
    expect(readme).toContain(`npx cdktf deploy --app "npx tsx examples/${name}/main.ts"`);
  });

  it.each(exampleNames())("%s takes the modules from the package's entry only", (name) => {
    const imports = [...(fileOf(name, "main.ts") ?? "").matchAll(/from "(\..*?)"/g)].map(([, path]) => path);

    expect(imports.filter((path) => !/^\.\.\/(?:\.\.\/index|support\/\w+)$/.test(path ?? ""))).toEqual([]);
  });
});
