import { isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import { checks } from "../checks";
import { sortedFindings, type Finding, type FindingLevel } from "./findings";
import { withDependentDefaults } from "./dependent-defaults";
import { clusterSchema, type ClusterConfiguration } from "./cluster-keys";
import { lineOf, Reader } from "./file-reader";
import type { ClusterContext } from "./cluster-context";

/** What a cluster file says, and what is wrong with it. */
export interface ParsedClusterFile {
  /**
   * The configuration with its defaults.
   *
   * @default - none: a required key is missing or a value has the wrong type
   */
  readonly configuration?: ClusterConfiguration;
  /** Everything found, in the order of the file. */
  readonly findings: readonly Finding[];
  /** The name that the findings are printed under. */
  readonly fileName: string;
  /** Paths that stand in the file; all others are defaults. */
  readonly written: ReadonlySet<string>;
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
  // The parser compares each key with all others of its mapping; thousands of them would take seconds.
  const options = { version: "1.1", merge: true, keepSourceTokens: true, uniqueKeys: false } as const;
  const document = parseDocument(text, { ...options, lineCounter });
  const at = (offset: number, message: string): Finding => ({
    level: "ERROR",
    code: "Yaml",
    path: "",
    line: lineCounter.linePos(offset).line,
    message,
    remedy: "correct the YAML",
  });
  const syntax = [
    ...document.errors.map(({ message, pos }) =>
      at(pos[0], (message.split("\n")[0] ?? "").replace(/ at line.*$/, "")),
    ),
    ...repeatedKeys(document).map((offset) => at(offset, "Map keys must be unique")),
  ];
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

/** Where a key stands that its mapping has already. `<<` may stand in a mapping more than once. */
function repeatedKeys(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (isScalar(key) && key.source !== "<<") {
          const name = key.source ?? String(key.value);
          if (seen.has(name)) {
            offsets.push(key.range?.[0] ?? 0);
          }
          seen.add(name);
        }
      }
    },
  });
  return offsets;
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
