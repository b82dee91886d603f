import { Token } from "cdktf";
import type { IConstruct } from "constructs";

import { ValidationError } from "../../../core";
import { validate, type ValidationRule } from "../../../modules/parts";
import { emptyStack, refusal } from "../../support/synth";

interface Props {
  readonly dial: number;
  readonly name?: string;
}

const rules: readonly ValidationRule<Props>[] = [
  {
    property: "dial",
    isValid: ({ dial }) => dial >= 0 && dial <= 100,
    expected: "be between 0 and 100",
    remedy: "use weights to shift traffic inside a region",
  },
  {
    property: "name",
    isValid: ({ name = "" }) => name.length < 5,
    expected: ({ dial }) => `be shorter than 5 characters at dial ${dial}`,
    remedy: () => "shorten it",
    got: ({ name = "" }) => name.length,
  },
];

const scope: IConstruct = emptyStack("prod-eu-west-1");

describe("validate", () => {
  it("accepts props that obey every rule", () => {
    expect(() => {
      validate(scope, rules, { dial: 100, name: "edge" });
    }).not.toThrow();
  });

  it("lists every broken rule, one a line, with path, value and remedy", () => {
    expect(
      refusal(() => {
        validate(scope, rules, { dial: 140, name: "europe" });
      }),
    ).toBe(
      [
        "prod-eu-west-1: 'dial' must be between 0 and 100, got 140; use weights to shift traffic inside a region",
        "prod-eu-west-1: 'name' must be shorter than 5 characters at dial 140, got 6; shorten it",
      ].join("\n"),
    );
  });

  it("asks no rule about a value that is absent or known only to Terraform", () => {
    expect(() => {
      validate(scope, rules, { dial: Token.asNumber({ Ref: "dial" }) });
    }).not.toThrow();
  });

  it("throws an error that carries the problems one by one", () => {
    const build = (): void => {
      validate(scope, rules, { dial: -1 });
    };

    expect(build).toThrow(ValidationError);
    expect(build).toThrow(
      expect.objectContaining({
        problems: [
          {
            where: "prod-eu-west-1",
            property: "dial",
            expected: "be between 0 and 100",
            got: -1,
            remedy: "use weights to shift traffic inside a region",
          },
        ],
      }) as Error,
    );
  });
});
