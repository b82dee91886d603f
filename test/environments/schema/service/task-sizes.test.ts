import { refusals, sample, sampleService, service } from "../../sample";

describe("checkTaskSizes", () => {
  it("refuses memory that Fargate does not have for the CPU and lists what it has", () => {
    expect(refusals(sampleService({ cpu: 256, memoryMiB: 4096 }))).toEqual([
      "environments/sample.ts: 'services.web.memoryMiB' must be a memory size that Fargate offers for 256 CPU units, " +
        "got 4096; choose one of 512, 1024, 2048",
    ]);
  });

  it("refuses CPU that Fargate does not have", () => {
    expect(refusals(sampleService({ cpu: 300 }))).toEqual([
      "environments/sample.ts: 'services.web.cpu' must be a number of CPU units that Fargate offers, " +
        "got 300; choose one of 256, 512, 1024, 2048, 4096, 8192, 16384",
    ]);
  });

  it("refuses memory that App Runner does not have, though Fargate has it", () => {
    const web = service({ runtime: "app-runner", cpu: 256, memoryMiB: 2048 });

    expect(refusals(sample({ appRunner: { existingCustomer: true }, services: { web } }))).toEqual([
      "environments/sample.ts: 'services.web.memoryMiB' must be a memory size that App Runner offers for 256 CPU units, " +
        "got 2048; choose one of 512, 1024",
    ]);
  });

  it("refuses sidecars that leave the service nothing", () => {
    const sidecars = [
      { name: "proxy", image: { uri: "example.com/proxy:1" }, cpu: 128, memoryMiB: 512 },
      { name: "agent", image: { uri: "example.com/agent:1" }, cpu: 100 },
    ];

    expect(refusals(sampleService({ sidecars }))).toEqual([
      "environments/sample.ts: 'services.web.sidecars' must take less than the task's 512 MiB of memory together, " +
        "got 512; give the sidecars less or the task more",
    ]);
  });
});
