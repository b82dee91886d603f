// Lists environments for the workflows; run with tsx, which loads TypeScript:
//   names              their names, one a line
//   all                the matrix of all of them, as an output of a step
//   changed <reports>  the matrix of those whose report in the directory is not empty
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { environments } from "../../environments/index.ts";

const [, , question, directory = "reports"] = process.argv;

/** Only what is in AWS: the local cloud is nobody's pipeline. */
const entries = environments
  .filter(({ target }) => target === "aws")
  .map(({ name, account, homeRegion }) => ({ name, account, region: homeRegion }));

switch (question) {
  case "names":
    process.stdout.write(`${entries.map(({ name }) => name).join("\n")}\n`);
    break;
  case "all":
    process.stdout.write(`environments=${JSON.stringify(entries)}\n`);
    break;
  case "changed":
    process.stdout.write(`environments=${JSON.stringify(entries.filter(isChanged))}\n`);
    break;
  default:
    process.stderr.write("Ask for names, all, or changed <directory of reports>.\n");
    process.exitCode = 2;
}

/** An environment without a report may have changed; one whose report is empty has not. */
function isChanged({ name }) {
  const file = join(directory, `${name}.json`);
  return !existsSync(file) || !JSON.parse(readFileSync(file, "utf8")).empty;
}
