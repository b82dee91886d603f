import { keepNewest, keepReleases } from "../../../modules/container-registry";

describe("keepReleases", () => {
  it("keeps releases before anything is deleted", () => {
    expect(keepReleases({ releases: { tagPrefixes: ["v"] } })).toEqual([
      { kind: "keep-all", tags: { tagPrefixes: ["v"] } },
      { kind: "expire-untagged", afterDays: 14 },
    ]);
  });

  it("lets previews go after a while", () => {
    expect(
      keepReleases({
        releases: { tagPrefixes: ["v"] },
        previews: { tagPatterns: ["pr-*"] },
        previewDays: 7,
        untaggedDays: 1,
      }),
    ).toEqual([
      { kind: "keep-all", tags: { tagPrefixes: ["v"] } },
      { kind: "expire-tagged", tags: { tagPatterns: ["pr-*"] }, afterDays: 7 },
      { kind: "expire-untagged", afterDays: 1 },
    ]);
  });
});

describe("keepNewest", () => {
  it("keeps the newest images of any tag", () => {
    expect(keepNewest(50)).toEqual([
      { kind: "expire-untagged", afterDays: 1 },
      { kind: "keep-last-of-any", count: 50 },
    ]);
  });
});
