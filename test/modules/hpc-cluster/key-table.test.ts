import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keyTable } from "../../../modules/hpc-cluster/key-table";

/** Markdown without the padding that the formatter gives tables. */
function unpadded(markdown: string): string {
  return markdown.replace(/-{3,}/g, "---").replace(/ +/g, " ");
}

describe("the README of the module", () => {
  it("ends with the table of keys", () => {
    const readme = readFileSync(join(__dirname, "../../../modules/hpc-cluster/README.md"), "utf8");

    expect(unpadded(readme).endsWith(unpadded(keyTable()))).toBe(true);
  });
});
