import { check, refusals, sample } from "../../sample";

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, "value"]));

const rule = (part: string, length: number) =>
  `have a ${part} of at most ${length} letters, digits, spaces and '_.:/=+-@'`;

describe("checkTags", () => {
  it("takes as many tags as AWS has room for", () => {
    expect(check(sample({ tags: many(47) }))).toHaveLength(1);
  });

  it("refuses one more", () => {
    expect(refusals(sample({ tags: many(48) }))).toEqual([
      "environments/sample.ts: 'tags' must hold at most 47 tags, because AWS takes 50 and 3 are ours, " +
        "got 48; remove the least used ones",
    ]);
  });

  it.each(["aws:owner", "AWS:owner", "meridian:environment"])("refuses the reserved key %s", (key) => {
    expect(refusals(sample({ tags: { [key]: "me" } }))).toEqual([
      `environments/sample.ts: 'tags.${key}' must not begin with 'aws:' or 'meridian:', which are reserved, ` +
        `got "${key}"; rename it`,
    ]);
  });

  it("refuses a long key", () => {
    const key = "k".repeat(129);

    expect(refusals(sample({ tags: { [key]: "value" } }))).toEqual([
      `environments/sample.ts: 'tags.${key}' must ${rule("key", 128)}, got "${key}"; shorten or respell it`,
    ]);
  });

  it("refuses a long value", () => {
    const value = "v".repeat(257);

    expect(refusals(sample({ tags: { owner: value } }))).toEqual([
      `environments/sample.ts: 'tags.owner' must ${rule("value", 256)}, got "${value}"; shorten or respell it`,
    ]);
  });

  it("refuses a character that AWS does not take", () => {
    expect(refusals(sample({ tags: { owner: "me & you" } }))).toEqual([
      `environments/sample.ts: 'tags.owner' must ${rule("value", 256)}, got "me & you"; shorten or respell it`,
    ]);
  });
});
