// What is printed is compared as text; picocolors colours it wherever `CI` is set.
process.env.NO_COLOR = "1";

/**
 * `unit` runs in seconds and needs nothing but node; `integration` starts real programs
 * (Terraform, the local cloud).
 *
 * @type {import("jest").Config}
 */
const shared = {
  testEnvironment: "node",
  moduleNameMapper: { "^\\.{1,2}/(.*/)?stack-trace$": "<rootDir>/test/support/token-traces.js" },
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/cdktf.out", "<rootDir>/.meridian"],
};

module.exports = {
  maxWorkers: "100%",
  projects: [
    { ...shared, displayName: "unit", testMatch: ["<rootDir>/test/**/*.test.ts"] },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/test/**/*.integration.ts"],
      setupFilesAfterEnv: ["<rootDir>/test/support/recording.ts"],
    },
  ],
};
