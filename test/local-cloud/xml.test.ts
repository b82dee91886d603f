import fc from "fast-check";
import { element, members, parseXml, renderXml } from "../../local-cloud/xml";

describe("parseXml", () => {
  it("reads elements, lists, CDATA and character references", () => {
    const text =
      '<?xml version="1.0"?>\n<A xmlns="urn:x">\n <B>1 &lt; 2 &#x26; &#51;</B>\n <C/><D><E>1</E><E><![CDATA[<2>]]></E></D>\n</A>';

    expect(parseXml(text)).toEqual({ A: { B: "1 < 2 & 3", C: "", D: { E: ["1", "<2>"] } } });
  });

  it("reads back what renderXml writes", () => {
    const leaf = fc.string({ minLength: 1 }).filter((text) => !text.includes("\0"));
    const name = fc.stringMatching(/^[A-Z][a-z]{0,8}$/);

    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(leaf, fc.array(leaf, { minLength: 2 })), { minKeys: 1 }),
        (value) => {
          expect(parseXml(renderXml("Root", value))).toEqual({ Root: value });
        },
      ),
    );
  });
});

describe("renderXml", () => {
  it("leaves out what is undefined and repeats the elements of a list", () => {
    expect(renderXml("A", { B: undefined, C: [1, { D: true }], E: "" })).toBe(
      "<A><C>1</C><C><D>true</D></C><E></E></A>",
    );
  });
});

describe("members", () => {
  it("treats an absent, a single and a repeated element alike", () => {
    expect([members(undefined), members("a"), members(["a", "b"])]).toEqual([[], ["a"], ["a", "b"]]);
  });
});

describe("element", () => {
  it("is empty for a leaf", () => {
    expect(element("text")).toEqual({});
  });
});
