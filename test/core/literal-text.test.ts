import { Lazy } from "cdktf";

import { literalText, literalValues } from "../../core";

describe("literalText", () => {
  it("keeps Terraform from reading a user's text", () => {
    expect(literalText("${HOME} is %{if} and $5 is 100%")).toBe("$${HOME} is %%{if} and $5 is 100%");
  });

  it("leaves CDKTF's tokens what they are", () => {
    const token = Lazy.stringValue({ produce: () => "${aws_s3_bucket.a.arn}" });

    expect(literalText(`${token}/*`)).toBe(`${token}/*`);
  });

  it("does so for each value of a map", () => {
    expect(literalValues({ PATH_TEMPLATE: "/${id}", PLAIN: "text" })).toEqual({
      PATH_TEMPLATE: "/$${id}",
      PLAIN: "text",
    });
  });
});
