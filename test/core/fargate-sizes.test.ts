import { fargateMemoryMiB, fargateSizes, isFargateSize } from "../../core";

describe("fargateSizes", () => {
  it("counts the sizes that AWS documents for each amount of CPU", () => {
    const counts = Object.fromEntries(fargateSizes.map(({ cpu, memoryMiB }) => [cpu, memoryMiB.length]));

    expect(counts).toEqual({ 256: 3, 512: 4, 1024: 7, 2048: 13, 4096: 23, 8192: 12, 16384: 12 });
  });

  it("ends at 120 GiB with 16 processors", () => {
    expect(fargateMemoryMiB(16384).at(-1)).toBe(122_880);
  });
});

describe("isFargateSize", () => {
  it.each([
    [256, 512],
    [512, 4096],
    [4096, 30_720],
    [8192, 20_480],
  ])("knows %i CPU units with %i MiB", (cpu, memoryMiB) => {
    expect(isFargateSize(cpu, memoryMiB)).toBe(true);
  });

  it.each([
    [256, 3072],
    [512, 512],
    [8192, 17_408],
    [300, 512],
  ])("does not know %i CPU units with %i MiB", (cpu, memoryMiB) => {
    expect(isFargateSize(cpu, memoryMiB)).toBe(false);
  });
});
