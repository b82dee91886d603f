import fc from "fast-check";
import { buildReport, commentLimit, renderMarkdown } from "../../../analysis/report";
import { encodings } from "./encodings";
import { hostileInput } from "./hostile-plans";
import { parseMarkdown, structureProblems, visibleText } from "./markdown-structure";

/** Every way in which a secret could be read from a text. */
function readings(secret: string): string[] {
  return Object.values(encodings).map((encode) => encode(secret));
}

/** Nothing but a line feed may be there that a reader cannot see or cannot tell from a blank. */
const invisible = /[^\n\P{C}]|[\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\u2800]|(?! )\p{Z}/u;

/** Holds that no generated environment breaks the report; fails with the smallest one that does. */
export function checkHostileReports(runs: number, seed?: number): void {
  fc.assert(
    fc.property(hostileInput, fc.constantFrom(2_000, 20_000, 64_000), ({ canaries, input }, limitBytes) => {
      const built = buildReport(input);
      const approvals = built.stacks
        .flatMap(({ changes }) => changes)
        .map(({ address }) => ({
          summary: `destroy ${address}`,
          approvedBy: [address].slice(0, address.length % 2),
        }));
      const report = { ...built, approvals };
      const markdown = renderMarkdown([report], { limitBytes });
      const tokens = parseMarkdown(markdown);
      const seen = `${JSON.stringify(report)}\n${markdown}\n${visibleText(tokens)}`;
      const leaked = canaries.flatMap(readings).filter((text) => seen.includes(text));
      if (leaked.length > 0) {
        throw new Error(`leaked ${JSON.stringify(leaked)}`);
      }
      if (Buffer.byteLength(markdown) > limitBytes || markdown.length >= commentLimit) {
        throw new Error(`${Buffer.byteLength(markdown)} bytes`);
      }
      if (Buffer.from(markdown).toString() !== markdown) {
        throw new Error("half a surrogate pair");
      }
      const unseen = invisible.exec(markdown.replaceAll(/\p{Cn}|\p{Co}/gu, ""));
      if (unseen !== null) {
        throw new Error(`an invisible character ${JSON.stringify(unseen)}`);
      }
      const problems = structureProblems(markdown, tokens);
      if (problems.length > 0) {
        throw new Error(problems.join("\n"));
      }
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }), endOnFailure: false },
  );
}
