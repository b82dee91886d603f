import { LineCounter, parseDocument } from "yaml";
import { checks } from "./checks";
import { sortedFindings, type Finding, type FindingLevel } from "./findings";
import { withDependentDefaults } from "./dependent-defaults";
import { clusterSchema, type ClusterConfiguration } from "./cluster-keys";
import { lineOf, Reader } from "./file-reader";

/** What a cluster file says, and what is wrong with it. */
export interface ParsedClusterFile {
  /** The configuration with its defaults; absent when a required key is missing or a value has the wrong type. */
  readonly configuration?: ClusterConfiguration;
  /** Everything found, in the order of the file. */
  readonly findings: readonly Finding[];
  /** The name that the findings are printed under. */
  readonly fileName: string;
  /** Paths that stand in the file; all others are defaults. */
  readonly written: ReadonlySet<string>;
}

/** What a check needs beside the configuration. */
export interface ClusterContext {
  /**
   * The cluster's name.
   *
   * @default - the name is not checked
   */
  readonly name?: string;
  /**
   * The region that the cluster is built in.
   *
   * @default - the file's `Region`, or none
   */
  readonly region?: string;
  /**
   * Whether a network is given from outside, for files that name no subnets.
   *
   * @default false
   */
  readonly hasNetwork?: boolean;
}

/**
 * Reads a ParallelCluster 3 file: strict keys, defaults, and every check that needs no AWS call,
 * all at once. Nothing is looked up and nothing is thrown.
 */
export function parseClusterFile(
  text: string,
  fileName: string,
  context: ClusterContext = {},
): ParsedClusterFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, version: "1.1", merge: true, keepSourceTokens: true });
  const syntax = document.errors.map((error): Finding => {
    const line = lineCounter.linePos(error.pos[0]).line;
    const [message = "the text is not YAML"] = error.message.split("\n");
    return {
      level: "ERROR",
      code: "Yaml",
      path: "",
      line,
      message: message.replace(/ at line.*$/, ""),
      remedy: "correct the YAML",
    };
  });
  if (syntax.length > 0) {
    return { fileName, findings: sortedFindings(syntax), written: new Set() };
  }
  const reader = new Reader(document, lineCounter);
  const value = reader.read(clusterSchema);
  const written = new Set(reader.lines.keys());
  if (value === undefined || reader.findings.some(({ code }) => structural.has(code))) {
    return { fileName, findings: sortedFindings(reader.findings), written };
  }
  const configuration = withDependentDefaults(value as ClusterConfiguration);
  const found = [...reader.findings, ...checkConfiguration(configuration, reader.lines, context)];
  return { fileName, configuration, findings: sortedFindings(found), written };
}

/** With one of these the configuration has holes, so that checks of meaning would guess. */
const structural: ReadonlySet<string> = new Set(["MissingKey", "WrongType"]);

function checkConfiguration(
  configuration: ClusterConfiguration,
  lines: ReadonlyMap<string, number>,
  context: ClusterContext,
): Finding[] {
  const findings: Finding[] = [];
  for (const check of checks) {
    const report = (level: FindingLevel) => (path: string, message: string, remedy: string) => {
      findings.push({ level, code: check.code, path, line: lineOf(lines, path), message, remedy });
    };
    check.run(
      configuration,
      { error: report("ERROR"), warn: report("WARNING"), note: report("INFO") },
      context,
    );
  }
  return findings;
}
