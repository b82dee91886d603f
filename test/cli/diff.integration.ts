import { execFileSync } from "node:child_process";

import { Project } from "../support/project";

describe("meridian diff", () => {
  const project = new Project();

  function git(...args: readonly string[]): void {
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: project.directory,
    });
  }

  beforeAll(() => {
    git("init", "--quiet", "--initial-branch", "main");
    git("add", ".");
    git("commit", "--quiet", "--message", "Base");
  });

  afterAll(() => {
    project.remove();
  });

  it("says so, and exits with 0, when the code changes nothing", () => {
    const { exitCode, output } = project.meridian("diff", "local", "--detailed-exitcode");

    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: expect.stringContaining("nothing changes") as string,
    });
  });

  it("shows a service that may grow, in each of its regions, with no credentials", () => {
    project.edit("environments/local.ts", "maximum: 4", "maximum: 8");
    const { exitCode, output } = project.meridian("diff", "local", "--base", "main", "--detailed-exitcode");

    expect(exitCode).toBe(2);
    expect(output).toContain("local-eu-west-1: 2 to update");
    expect(output).toContain("local-foundation: no changes");
    expect(output).toMatch(/max_capacity.*4.*8/);
  });

  it("warns of what holds data and is renamed", () => {
    project.edit("environments/local.ts", 'repository: "web"', 'repository: "shop"');
    const { output } = project.meridian("diff", "local", "--base", "main");

    expect(output).toMatch(/aws_ecr_repository/);
    expect(output.indexOf("aws_ecr_repository")).toBeLessThan(output.indexOf("max_capacity"));
  });

  it("shows a port that is opened to everyone, in both regions at once", () => {
    git("checkout", "--quiet", "--", ".");
    project.edit("modules/load-balancer/load-balancer.ts", "fromPort: port,", "fromPort: 0,");
    const { output } = project.meridian("diff", "local", "--base", "main");

    expect(output).toMatch(
      /More traffic gets through\n.*HttpFromAnyIpv4\w+ is updated in local-eu-central-1, local-eu-west-1\n.*opens tcp 0 to 80 from the whole internet \(0\.0\.0\.0\/0\)/,
    );
  });

  it("shows all that goes with a region, what holds data first", () => {
    git("checkout", "--quiet", "--", ".");
    project.edit("environments/local.ts", /    "eu-central-1": \{\n[^}]*\},\n/, "");
    project.edit("environments/local.ts", 'policy: "failover", entry', "entry");
    project.edit("environments/local.ts", "survives: 1", "survives: 0");
    const { output } = project.meridian("diff", "local", "--base", "main");

    expect(output).toMatch(/local-eu-central-1: \d+ to destroy\n/);
    expect(output).toMatch(/local-eu-west-1: no changes\n/);
    expect(output).toMatch(/\n\nData destroyed, replaced or removed from the state\n/);
    expect(output).toMatch(/aws_dynamodb_table_replica\.\S+ is destroyed in local-foundation\n/);
  });

  it("leaves nothing to plan in an environment that a change does not touch", () => {
    git("checkout", "--quiet", "--", ".");
    project.edit("environments/staging.ts", "maximum: 4, spot", "maximum: 8, spot");
    const diff = (name: string) =>
      project.meridian("diff", name, "--base", "main", "--report", `${project.directory}/${name}.json`);

    expect([diff("dev").exitCode, diff("staging").exitCode]).toEqual([0, 0]);
    const script = [".github/scripts/environments.mjs", "changed", project.directory];
    const { output } = project.run(process.execPath, ["--import", "tsx", ...script]);

    expect(project.readJson("dev.json")).toMatchObject({ empty: true });
    expect(output).toContain('"name":"staging"');
    expect(output).not.toContain('"name":"dev"');
  });

  it("refuses a base that does not exist", () => {
    const { exitCode, output } = project.meridian("diff", "local", "--base", "nowhere");

    expect(exitCode).toBe(1);
    expect(output).toContain("'nowhere' is not a commit of this repository.");
  });
});
