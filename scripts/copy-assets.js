/** Puts what modules read beside their code into the package: `tsc` copies nothing. */
const { cpSync } = require("node:fs");
const { extname, join } = require("node:path");

const root = join(__dirname, "..");

for (const folder of ["modules", "local-cloud", "environments"]) {
  cpSync(join(root, folder), join(root, "dist", folder), {
    recursive: true,
    filter: (source) => ![".ts", ".md"].includes(extname(source)) && !source.includes("__pycache__"),
  });
}
