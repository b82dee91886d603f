import { Document, isMap, isScalar, visit } from "yaml";
import { hasErrors } from "./findings";
import type { ParsedClusterFile } from "./cluster-file";

/**
 * The file as the module understands it: every default filled in, as YAML that the module reads
 * back to the same. Defaults are marked, so that what the author wrote stands out.
 *
 * @param parsed - what {@link parseClusterFile} returned
 * @returns the YAML; undefined when the file has errors
 */
export function explainClusterFile(parsed: ParsedClusterFile): string | undefined {
  if (parsed.configuration === undefined || hasErrors(parsed.findings)) {
    return undefined;
  }
  const document = new Document(parsed.configuration);
  const root = document.contents;
  mark(root, "", parsed.written);
  visit(document, { Collection: (_key, node) => void (node.flow = node.items.length === 0) });
  return document.toString({ lineWidth: 0 });
}

function mark(node: unknown, path: string, written: ReadonlySet<string>): void {
  if (isMap(node)) {
    for (const pair of node.items) {
      const inner = path === "" ? String(pair.key) : `${path}.${String(pair.key)}`;
      if (isScalar(pair.value) && !written.has(inner)) {
        pair.value.comment = " default";
      }
      mark(pair.value, inner, written);
    }
  } else if (typeof node === "object" && node !== null && "items" in node) {
    (node.items as unknown[]).forEach((item, index) => {
      mark(item, `${path}[${index}]`, written);
    });
  }
}
