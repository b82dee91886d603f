import { partitionOf, regionNames, zonesOf, zoneSlotCount, zoneSlotOf } from "../../core";

describe("regions", () => {
  it("knows the zones of a region by name", () => {
    expect(zonesOf("eu-west-1")).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    expect(zonesOf("nowhere-1")).toEqual([]);
  });

  it("has a slot for every zone of every region, and no two zones of a region share one", () => {
    for (const region of regionNames) {
      const slots = zonesOf(region).map(zoneSlotOf);
      expect(new Set(slots).size).toBe(slots.length);
      expect(Math.max(...slots)).toBeLessThan(zoneSlotCount);
      expect(slots.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("knows the partition that ARNs of a region begin with", () => {
    expect(partitionOf("eu-west-1")).toBe("aws");
    expect(partitionOf("cn-north-1")).toBe("aws-cn");
    expect(partitionOf("us-gov-west-1")).toBe("aws-us-gov");
  });
});
