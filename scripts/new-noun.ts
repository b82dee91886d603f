/**
 * `npm run new -- <noun>`: adds a noun, such as `queue`: a module, its settings in environments, tests and an
 * example. What it writes compiles and is tested; put the resources that the noun is made of beside its log group.
 */
import path from "node:path";

import { ValidationError } from "../core";
import { addNoun } from "./new/add-noun";

function main(): number {
  const [noun, ...rest] = process.argv.slice(2);
  if (noun === undefined || rest.length > 0) {
    console.error("npm run new -- <noun>: give one noun in the singular, such as 'queue' or 'event-bus'");
    return 2;
  }
  try {
    const { files, shared } = addNoun(path.resolve(__dirname, ".."), noun);
    console.log(
      [...files.map((file) => `new   ${file}`), ...shared.map((file) => `line  ${file}`)].join("\n"),
    );
    console.log("Next: npm run check, give the module its resources, and build it in the stacks.");
    return 0;
  } catch (error) {
    if (error instanceof ValidationError) {
      console.error(error.message);
      return 1;
    }
    throw error;
  }
}

process.exitCode = main();
