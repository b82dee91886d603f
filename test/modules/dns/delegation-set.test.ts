import { DelegationSet, HostedZone, type DelegationSetProps } from "../../../modules/dns";
import { emptyStack, refusal, resourceAt } from "../../support/synth";
import { resolve } from "./resolve";

function stackWith(props: Partial<DelegationSetProps> = {}) {
  const stack = emptyStack();
  const set = new DelegationSet(stack, "Set", { referenceName: "customers", ...props });
  return { stack, set };
}

describe("DelegationSet", () => {
  it("keeps its name servers by default", () => {
    const { stack, set } = stackWith();

    expect(resourceAt(stack, "aws_route53_delegation_set")).toEqual({
      reference_name: "customers",
      lifecycle: { prevent_destroy: true },
    });
    expect(resolve(stack, set.nameServers)).toBe("${aws_route53_delegation_set.Set_5432AD3D.name_servers}");
  });

  it("goes where protection is off", () => {
    expect(
      resourceAt(stackWith({ deletionProtection: false }).stack, "aws_route53_delegation_set").lifecycle,
    ).toBeUndefined();
  });

  it("answers for several zones", () => {
    const { stack, set } = stackWith();
    const { delegationSetId } = set;

    for (const name of ["example.com", "example.org"]) {
      new HostedZone(stack, name, { name, delegationSetId });
      expect(resourceAt(stack, "aws_route53_zone", `${name}/Resource`)).toMatchObject({
        name,
        delegation_set_id: resolve(stack, delegationSetId),
      });
    }
  });

  it("refuses a reference that AWS would refuse", () => {
    expect(refusal(() => stackWith({ referenceName: "" }))).toBe(
      "test/Set: 'referenceName' must have 1 to 100 characters, got \"\"; name what its zones have in common",
    );
  });
});
