#!/usr/bin/env node
"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const source = join(root, "cli", "main.ts");

// A checkout runs its sources, so that an edited environment needs no build; an installed
// package holds only what was built.
if (existsSync(source)) {
  require("tsx/cjs");
  require(source).main(root);
} else {
  require(join(root, "dist", "cli", "main.js")).main(process.cwd());
}
