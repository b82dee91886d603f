import { type RuleShareProps, RuleShare } from "../../../modules/resolver";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

const organization = "arn:aws:organizations::111122223333:organization/o-abcdef1234";
const unit = "arn:aws:organizations::111122223333:ou/o-abcdef1234/ou-ab12-34567890";
const required: RuleShareProps = {
  name: "resolver-rules",
  rules: {
    corporate: { resolverRuleArn: "arn:aws:route53resolver:eu-west-1:111122223333:resolver-rule/rslvr-rr-1" },
  },
  principals: ["444455556666"],
};

function stackWith(props: Partial<RuleShareProps> = {}) {
  const stack = emptyStack();
  new RuleShare(stack, "Share", { ...required, ...props });
  return stack;
}

describe("RuleShare", () => {
  it("shares each rule with each principal of the organisation", () => {
    const stack = stackWith({ principals: ["444455556666", organization, unit] });
    const share = "${aws_ram_resource_share.Share_94628590.arn}";

    expect(resourceAt(stack, "aws_ram_resource_share")).toEqual({
      name: "resolver-rules",
      allow_external_principals: false,
    });
    expect(resourceAt(stack, "aws_ram_resource_association", "Share/Rules/corporate")).toEqual({
      resource_share_arn: share,
      resource_arn: "arn:aws:route53resolver:eu-west-1:111122223333:resolver-rule/rslvr-rr-1",
    });
    for (const [id, principal] of [
      ["444455556666", "444455556666"],
      ["o-abcdef1234", organization],
      ["ou-ab12-34567890", unit],
    ] as const) {
      expect(resourceAt(stack, "aws_ram_principal_association", `Share/Principals/${id}`)).toEqual({
        resource_share_arn: share,
        principal,
      });
    }
  });

  it("shares rule groups of DNS Firewall in the same way", () => {
    const firewallRuleGroupArn =
      "arn:aws:route53resolver:eu-west-1:111122223333:firewall-rule-group/rslvr-frg-1";
    const stack = stackWith({ rules: { firewall: { firewallRuleGroupArn } } });

    expect(resourceAt(stack, "aws_ram_resource_association").resource_arn).toBe(firewallRuleGroupArn);
  });

  it("shares with accounts outside of the organisation only on request", () => {
    expect(
      resourceAt(stackWith({ allowExternalPrincipals: true }), "aws_ram_resource_share")
        .allow_external_principals,
    ).toBe(true);
  });

  it("refuses to share nothing with nobody under no name", () => {
    expect(refusal(() => stackWith({ name: "", rules: {}, principals: [] }))).toBe(
      [
        "test/Share: 'name' must be 1 to 255 characters long, got \"\"; shorten it",
        "test/Share: 'rules' must hold at least one rule, got {}; " +
          "name the rules that others use, or remove the share",
        "test/Share: 'principals' must hold at least one principal, got []; " +
          "name an account, an organisation or an organisational unit",
      ].join("\n"),
    );
  });

  it("refuses principals that are none, and the same one twice", () => {
    expect(refusal(() => stackWith({ principals: ["4444", "444455556666", "444455556666"] }))).toBe(
      [
        "test/Share: 'principals' must hold account ids of 12 digits and ARNs of organisations or their units, " +
          'got ["4444"]; write an account as a string, with its leading zeros',
        "test/Share: 'principals' must name each principal once, " +
          'got ["4444","444455556666","444455556666"]; remove the repetition',
      ].join("\n"),
    );
  });
});
