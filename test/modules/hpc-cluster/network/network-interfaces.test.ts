import cards from "../../../../modules/hpc-cluster/data/network-cards.json";
import { InstanceTypes } from "../../../../modules/hpc-cluster/machines/instance-types";
import { networkInterfacePlan } from "../../../../modules/hpc-cluster/network/network-interfaces";

const types = new InstanceTypes();

function factsOf(type: string) {
  const facts = types.find(type);
  if (facts === undefined) {
    throw new Error(`${type} is not in the table`);
  }
  return facts;
}

const several = Object.entries(cards as Record<string, number[]>);

/** `card/device type` of each interface. */
function planOf(type: string, enabled: boolean, interfaceType?: "efa" | "efa-only"): string[] {
  return networkInterfacePlan(type, factsOf(type), { enabled, interfaceType }).map(
    (one) => `${one.networkCardIndex}/${one.deviceIndex} ${one.interfaceType}`,
  );
}

describe("network interfaces", () => {
  it.each(several)("agrees with the second source on the cards of %s", (type, expected) => {
    expect(factsOf(type).cards).toEqual(expected);
  });

  it.each(several)("follows the rule with EFA on %s", (type, expected) => {
    const facts = factsOf(type);
    const full = facts.efaInterfaces >= expected.length;

    const [first, ...others] = planOf(type, true);

    expect(first).toBe("0/0 interface");
    expect(others).toEqual([
      ...(full ? ["0/1 efa-only"] : []),
      ...expected.slice(1).map((_, index) => `${index + 1}/1 efa-only`),
    ]);
    expect(others.filter((one) => one.endsWith("efa-only"))).toHaveLength(facts.efaInterfaces);
  });

  it.each(several)("puts one plain interface on each card without EFA on %s", (type, expected) => {
    expect(planOf(type, false)).toEqual(expected.map((_, card) => `${card}/${card === 0 ? 0 : 1} interface`));
  });

  it("puts ENA and EFA on one interface where the card has room for one only", () => {
    expect(planOf("hpc6id.32xlarge", true)).toEqual(["0/0 efa", "1/0 efa-only"]);
  });

  it("uses both cards of hpc7a", () => {
    expect(planOf("hpc7a.96xlarge", true)).toEqual(["0/0 interface", "0/1 efa-only", "1/1 efa-only"]);
  });

  it("uses four EFA interfaces of p4d", () => {
    expect(planOf("p4d.24xlarge", true)).toEqual([
      "0/0 interface",
      "0/1 efa-only",
      "1/1 efa-only",
      "2/1 efa-only",
      "3/1 efa-only",
    ]);
  });

  it("leaves card 0 of p6-b300 without EFA, which has one EFA interface fewer than cards", () => {
    const plan = planOf("p6-b300.48xlarge", true);

    expect(plan[0]).toBe("0/0 interface");
    expect(plan).toHaveLength(17);
  });

  it("leaves out the odd cards of p6e-gb200 without EFA", () => {
    expect(planOf("p6e-gb200.36xlarge", false)).toEqual(
      [0, 2, 4, 6, 8, 10, 12, 14, 16].map((card) => `${card}/${card === 0 ? 0 : 1} interface`),
    );
  });

  it("puts EFA on every card with the older interface type", () => {
    expect(planOf("p4d.24xlarge", true, "efa")).toEqual(["0/0 efa", "1/1 efa", "2/1 efa", "3/1 efa"]);
  });

  it("gives a plain machine one interface", () => {
    expect(planOf("c5.large", false)).toEqual(["0/0 interface"]);
  });
});
