import { fargateSizes, type FargateSize } from "../../../core";
import type { Environment } from "../environment";
import type { Runtime, Service } from "./settings";
import type { Finding } from "../checks/finding";

/**
 * The sizes of App Runner instances.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/architecture.html#architecture.vcpu-memory
 */
const appRunnerSizes: readonly FargateSize[] = [
  { cpu: 256, memoryMiB: [512, 1024] },
  { cpu: 512, memoryMiB: [1024] },
  { cpu: 1024, memoryMiB: [2048, 3072, 4096] },
  { cpu: 2048, memoryMiB: [4096, 6144] },
  { cpu: 4096, memoryMiB: [8192, 10_240, 12_288] },
];

const sellers = {
  fargate: { seller: "Fargate", sizes: fargateSizes },
  "app-runner": { seller: "App Runner", sizes: appRunnerSizes },
} as const;

/** Tasks have a size that their runtime sells, and sidecars leave room in it. */
export function checkTaskSizes({ services }: Environment): Finding[] {
  return Object.entries(services).flatMap(([name, service]) => [
    ...(Object.keys(service.runtimes) as Runtime[]).flatMap((runtime) =>
      checkSize(`services.${name}`, runtime, service),
    ),
    ...checkRoom(`services.${name}.sidecars`, service),
  ]);
}

function checkSize(path: string, runtime: Runtime, { cpu, memoryMiB }: Service): Finding[] {
  const { seller, sizes } = sellers[runtime];
  const memories = sizes.find((size) => size.cpu === cpu)?.memoryMiB;
  if (memories === undefined) {
    return [
      {
        property: `${path}.cpu`,
        expected: `be a number of CPU units that ${seller} offers`,
        got: cpu,
        remedy: `choose one of ${sizes.map((size) => size.cpu).join(", ")}`,
      },
    ];
  }
  return memories.includes(memoryMiB)
    ? []
    : [
        {
          property: `${path}.memoryMiB`,
          expected: `be a memory size that ${seller} offers for ${cpu} CPU units`,
          got: memoryMiB,
          remedy: `choose one of ${memories.join(", ")}`,
        },
      ];
}

/** The service's own container gets what its sidecars leave, so they must leave something. */
function checkRoom(property: string, { cpu, memoryMiB, sidecars }: Service): Finding[] {
  const claims = [
    { of: cpu, unit: "CPU units", taken: sidecars.map((sidecar) => sidecar.cpu ?? 0) },
    { of: memoryMiB, unit: "MiB of memory", taken: sidecars.map((sidecar) => sidecar.memoryMiB ?? 0) },
  ];
  return claims
    .map((claim) => ({ ...claim, sum: claim.taken.reduce((sum, part) => sum + part, 0) }))
    .filter(({ of, sum }) => sum > 0 && sum >= of)
    .map(({ of, unit, sum }) => ({
      property,
      expected: `take less than the task's ${of} ${unit} together`,
      got: sum,
      remedy: "give the sidecars less or the task more",
    }));
}
