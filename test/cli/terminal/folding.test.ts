import { folded, foldingOf } from "../../../cli/terminal/folding";

const lines = ["| [1/2] aws_vpc.a: Creation complete", "| ::error::not a command"];

describe("folded", () => {
  it("folds under a group of GitHub, where no line begins as a command", () => {
    expect(folded("github", "dev-eu-1", "dev-eu  applied (4s)", lines, 1)).toBe(
      [
        "::group::dev-eu  applied (4s)",
        "  | [1/2] aws_vpc.a: Creation complete",
        "  | ::error::not a command",
        "::endgroup::",
        "",
      ].join("\n"),
    );
  });

  it("folds into a section of GitLab that is closed at first", () => {
    expect(folded("gitlab", "dev-eu/1", "dev-eu  applied (4s)", lines.slice(0, 1), 1_763_000_000)).toBe(
      "\u001b[0Ksection_start:1763000000:dev-eu_1[collapsed=true]\r\u001b[0Kdev-eu  applied (4s)\n" +
        "  | [1/2] aws_vpc.a: Creation complete\n" +
        "\u001b[0Ksection_end:1763000000:dev-eu_1\r\u001b[0K\n",
    );
  });

  it("knows the pipeline by its own variables", () => {
    expect([{ GITHUB_ACTIONS: "true" }, { GITLAB_CI: "true" }, { CI: "true" }].map(foldingOf)).toEqual([
      "github",
      "gitlab",
      undefined,
    ]);
  });
});
