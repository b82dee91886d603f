import { ValidationError, regionNames, subnetOf, zonesOf } from "../../../core";
import { validateEnvironments, type EnvironmentInput } from "../../../environments";
import { refusal } from "../../support/synth";
import { check, other, refusals, sample, sampleService, service } from "../sample";

/** Every value that a frozen object leads to and that is not frozen, by path. */
function thawed(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const inner = Object.entries(value).flatMap(([key, child]) => thawed(child, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}

describe("validateEnvironments", () => {
  it("fills in every default", () => {
    const [environment] = check(sample());

    expect(environment).toEqual({
      name: "sample",
      account: "111122223333",
      target: "aws",
      homeRegion: "eu-west-1",
      domain: { name: "example.com", zone: "create", dnssec: false, queryLog: true },
      state: {
        bucket: "sample-111122223333-meridian-state",
        location: "home",
        replicaRegion: "eu-central-1",
      },
      regions: {
        "eu-west-1": {
          ipv4CidrBlock: "10.0.0.0/16",
          zones: ["eu-west-1a", "eu-west-1b"],
          natGateways: "one-per-zone",
          role: "primary",
        },
        "eu-central-1": {
          ipv4CidrBlock: "10.1.0.0/16",
          zones: ["eu-central-1a", "eu-central-1b"],
          natGateways: "one-per-zone",
          role: "secondary",
        },
      },
      services: {
        web: {
          image: { repository: "web", tag: "1.0.0" },
          port: 8080,
          cpu: 256,
          memoryMiB: 512,
          capacity: { minimum: 2, maximum: 4, spotPercentage: 0 },
          scaling: { cpuPercentage: 60, schedules: [] },
          healthCheck: {
            path: "/health",
            intervalSeconds: 10,
            timeoutSeconds: 4,
            healthyThreshold: 2,
            unhealthyThreshold: 2,
            startPeriodSeconds: 60,
          },
          runtimes: { fargate: 100 },
          isWeightedByRuntime: false,
          routing: {
            subdomain: "web",
            hostname: "web.example.com",
            regionsHostname: "web.example.com",
            policy: "latency",
            entry: "dns",
          },
          environment: {},
          secrets: {},
          secretKeyArns: [],
          permissions: [],
          egress: {},
          uses: {},
          regions: ["eu-west-1", "eu-central-1"],
          sidecars: [],
          exec: false,
          readonlyRootFilesystem: true,
          scratchPaths: [],
          logRetentionDays: 30,
          cpuArchitecture: "X86_64",
        },
      },
      tables: {},
      ipv6: false,
      hpc: { clusters: {} },
      registry: { scanning: "basic", accountSettings: {}, pullThroughCaches: {} },
      jurisdictions: {},
      accelerator: { trafficDialPercentages: {}, onlyEntry: false },
      distribution: { onlyEntry: false },
      recovery: { rtoSeconds: 156, survives: 1 },
      firewall: {
        blockedIpv4CidrBlocks: [],
        blockList: false,
        allowedIpCidrBlocks: [],
        requestsPerFiveMinutes: 2_000,
      },
      deletionProtection: true,
      confirmation: "yes",
      rollout: { bakeSeconds: 300, regionsPerWave: 1, maximumChanges: 100, settleSeconds: 1800 },
      alarms: { emails: [] },
      logRetentionDays: 30,
      mayPeer: true,
      tags: {},
    });
  });

  it("freezes what it returns, to the last value", () => {
    const sidecars = [{ name: "proxy", image: { uri: "example.com/proxy:1" } }];

    expect(thawed(check(sampleService({ sidecars }))[0])).toEqual([]);
  });

  it("serves a service at the domain itself", () => {
    const [environment] = check(sampleService({ routing: { subdomain: "@" } }));

    expect(environment?.services.web?.routing.hostname).toBe("example.com");
  });

  it("keeps logs of a service as long as the environment says, unless the service says otherwise", () => {
    const [environment] = check(
      sample({ logRetentionDays: 90, services: { web: service(), api: service({ logRetentionDays: 7 }) } }),
    );

    expect(environment?.services.web?.logRetentionDays).toBe(90);
    expect(environment?.services.api?.logRetentionDays).toBe(7);
  });

  it("reports the problems of all environments at once, a malformed one hiding none", () => {
    const broken: unknown = { ...other(), account: 7, colour: "blue" };

    const message = refusal(() =>
      validateEnvironments([
        { file: "environments/other.ts", input: broken },
        {
          file: "environments/sample.ts",
          input: sample({ homeRegion: "eu-west-2", recovery: { rtoSeconds: 10, survives: 1 } }),
        },
      ]),
    );

    expect(message.split("\n").map((line) => line.slice(0, line.indexOf(" must")))).toEqual([
      "environments/other.ts: 'account'",
      "environments/other.ts: 'colour'",
      "environments/sample.ts: 'homeRegion'",
      "environments/sample.ts: 'recovery.rtoSeconds'",
    ]);
  });

  it("throws the error that carries each problem", () => {
    expect(() => check(sample({ homeRegion: "eu-west-2" }))).toThrow(ValidationError);
  });

  it("does not change its input", () => {
    const input = sample();
    const before = structuredClone(input);

    check(input);

    expect(input).toEqual(before);
    expect(Object.isFrozen(input)).toBe(false);
  });

  it("takes 20 regions and 40 services", () => {
    expect(check(generated(20, 40))).toHaveLength(1);
  });

  it("finds one wrong value among 20 regions and 40 services", () => {
    const large = generated(20, 40);

    expect(refusals({ ...large, homeRegion: "us-wst-2" })).toHaveLength(1);
  });
});

function generated(regionCount: number, serviceCount: number): EnvironmentInput {
  const chosen = regionNames.filter((name) => !/^(cn|us-gov)-/.test(name)).slice(0, regionCount);
  const regions = chosen.map((name, index) => [
    name,
    { ipv4CidrBlock: subnetOf("10.0.0.0/8", 16, index), zones: [...zonesOf(name)] },
  ]);
  const services = Array.from({ length: serviceCount }, (_, index) => [`service-x${index}`, service()]);
  return sample({
    homeRegion: chosen[0] ?? "",
    regions: Object.fromEntries(regions) as EnvironmentInput["regions"],
    services: Object.fromEntries(services) as NonNullable<EnvironmentInput["services"]>,
  });
}
