/**
 * `npm test`: everything that CI runs, in the order of cost. A failing step does not hide the later
 * ones. The last line counts: each check is one, each Jest test is one.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = path.resolve(__dirname, "..");

/** A check passes when its program exits with 0. */
function check(name: string, command: string, ...args: readonly string[]): Counts {
  const passed = run(name, command, args);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** The tests of a Jest project, counted one by one. A run that never got to its tests counts as a failure. */
function jest(project: string, ...args: readonly string[]): Counts {
  const folder = mkdtempSync(path.join(tmpdir(), "meridian-test-"));
  const outputFile = path.join(folder, "results.json");
  try {
    const flags = ["--ci", "--selectProjects", project, "--json", `--outputFile=${outputFile}`];
    const passed = run(`${project} tests`, bin("jest"), [...flags, ...args], "stderr-only");
    const results = JSON.parse(readFileSync(outputFile, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numRuntimeErrorTestSuites: number;
    };
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return {
      passed: results.numPassedTests,
      failed: passed ? failed : Math.max(failed, 1),
      skipped: results.numPendingTests,
    };
  } catch (error) {
    console.error(`${project} tests left no result: ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(name: string, command: string, args: readonly string[], output?: "stderr-only"): boolean {
  const started = Date.now();
  console.log(`\n=== ${name}: ${path.basename(command)} ${args.join(" ")}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", output === "stderr-only" ? "ignore" : "inherit", "inherit"],
  });
  if (error !== undefined) {
    console.error(error.message);
  }
  const passed = status === 0;
  console.log(
    `=== ${name}: ${passed ? "passed" : "FAILED"} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return passed;
}

function bin(name: string): string {
  return path.join(root, "node_modules", ".bin", name);
}

/**
 * The Debian packages that the HPC test runs for real. Where they cannot be installed, the check fails
 * by its name and says what to do; the tests that need them then say so too.
 */
function debianPackages(...packages: readonly string[]): Counts {
  const installed = (name: string): boolean =>
    spawnSync("dpkg-query", ["--show", "--showformat=${Status}", name], { encoding: "utf8" }).stdout ===
    "install ok installed";
  if (packages.every(installed)) {
    return check("Debian packages", "true", ...packages);
  }
  const install = "apt-get update -qq && apt-get install -qq --yes --no-install-recommends";
  return check("Debian packages", "sh", "-c", `${install} ${packages.join(" ")} >/dev/null`);
}

/** Has `action` run with a folder that every local cloud records its calls in, and that is gone afterwards. */
function recorded(action: (folder: string) => Counts[]): Counts[] {
  const folder = mkdtempSync(path.join(tmpdir(), "meridian-calls-"));
  process.env.MERIDIAN_RECORD_CALLS = folder;
  try {
    return action(folder);
  } finally {
    delete process.env.MERIDIAN_RECORD_CALLS;
    rmSync(folder, { recursive: true, force: true });
  }
}

const meridian = path.join(root, "bin", "meridian.js");

const python = spawnSync("git", ["ls-files", "modules/*.py", "local-cloud/*.py", "test/contract/*.py"], {
  cwd: root,
  encoding: "utf8",
})
  .stdout.trim()
  .split("\n");

const results = [
  debianPackages(
    "slurm-wlm",
    "munge",
    // A job of MPI runs over its nodes (test/modules/hpc-cluster/slurm.integration.ts).
    "openmpi-bin",
    "libopenmpi-dev",
    // The machine in which nodes mount from a head node (test/modules/hpc-cluster/machine).
    "qemu-system-x86",
    "linux-image-cloud-amd64",
    "nfs-kernel-server",
    "iptables",
    // A node joins a directory (test/modules/hpc-cluster/directory).
    "slapd",
    "ldap-utils",
    "sssd-ldap",
    "libnss-sss",
    "libpam-sss",
    // They read the Python of nodes and tests.
    "mypy",
    "pylint",
  ),
  check("format", bin("prettier"), "--check", "."),
  check("types", bin("tsc"), "--noEmit"),
  check("lint", bin("eslint"), ".", "--max-warnings", "0"),
  check("types of Python", "mypy", ...python),
  check("lint of Python", "pylint", "--score=no", ...python),
  jest("unit"),
  check("synthesis of every environment", process.execPath, meridian, "synth"),
  check("failover proof of every environment", process.execPath, meridian, "prove"),
  check("validation by the real provider", process.execPath, meridian, "validate"),
  ...recorded((folder) => [
    jest("integration", "--maxWorkers=2", "--testTimeout=1800000"),
    check("calls against the API models", bin("tsx"), path.join(root, "scripts", "contract.ts"), folder),
  ]),
];

const sum = (key: keyof Counts): number => results.reduce((total, counts) => total + counts[key], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sum("failed") > 0 ? 1 : 0;
