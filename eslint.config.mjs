import jest from "eslint-plugin-jest";
import tsdoc from "eslint-plugin-tsdoc";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

const barrel = {
  name: "@cdktf/provider-aws",
  message: "The barrel costs 550 MB and seconds per process; import @cdktf/provider-aws/lib/<resource>.",
};

/** Forbids imports that match `patterns`, each with the sentence that says where to go instead. */
const restrict = (...patterns) => [
  "error",
  { paths: [barrel], patterns: patterns.map(([group, message]) => ({ group, message })) },
];

const upward = (...rooms) => [
  rooms.flatMap((room) => [`**/${room}`, `**/${room}/**`]),
  "Imports point downward only: main -> stacks -> environments, modules -> core (docs/architecture.md).",
];

const framework = [
  ["cdktf", "cdktf/*", "constructs", "@cdktf/*"],
  "core and environments are plain data: an editor checks them without loading the framework.",
];

export default tseslint.config(
  { ignores: ["node_modules", "dist", "cdktf.out", ".meridian", "coverage"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, prettier],
    plugins: { tsdoc },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "tsdoc/syntax": "error",
      complexity: ["error", 12],
      "no-restricted-imports": restrict(),
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      // `new Resource(this, "Id", {...})` registers itself in the construct tree.
      "no-new": "off",
    },
  },
  ...[
    ["core/*.ts", "../*"],
    ["core/*/**/*.ts", "../../*"],
  ].map(([files, outside]) => ({
    files: [files],
    rules: {
      "no-restricted-imports": restrict(framework, [
        [outside],
        "core imports nothing of ours: what needs a construct belongs to modules/parts.",
      ]),
    },
  })),
  {
    // That modules do not import each other is checked by test/layout.test.ts, which knows the folders.
    files: ["modules/**/*.ts"],
    rules: {
      "no-restricted-imports": restrict(
        upward("stacks", "environments", "analysis", "cli", "local-cloud", "examples", "test"),
      ),
    },
  },
  {
    files: ["environments/**/*.ts"],
    rules: {
      "no-restricted-imports": restrict(
        framework,
        upward("modules", "stacks", "analysis", "cli", "local-cloud", "examples", "test"),
      ),
      "no-restricted-globals": [
        "error",
        { name: "process", message: "Environments are data: no process.env." },
      ],
    },
  },
  {
    files: ["stacks/**/*.ts"],
    rules: {
      "no-restricted-imports": restrict(upward("analysis", "cli", "local-cloud", "examples", "test")),
      "no-restricted-globals": ["error", { name: "process", message: "Synthesis is pure: no process.env." }],
    },
  },
  {
    files: ["analysis/**/*.ts"],
    rules: {
      "no-restricted-imports": restrict(
        upward("stacks", "environments", "modules", "cli", "local-cloud", "examples", "test"),
      ),
    },
  },
  {
    files: ["local-cloud/**/*.ts"],
    rules: {
      "no-restricted-imports": restrict(
        upward("stacks", "environments", "modules", "analysis", "cli", "examples", "test"),
      ),
    },
  },
  {
    files: ["test/**/*.ts"],
    extends: [jest.configs["flat/recommended"]],
    rules: {
      complexity: "off",
      "jest/expect-expect": "off",
      "jest/no-disabled-tests": "error",
      "jest/no-focused-tests": "error",
    },
  },
);
