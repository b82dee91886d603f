import type { ServedCertificate } from "../../../cli/probes/served-certificate";
import type { EnvironmentService } from "../../../cli/base/target-environment";
import { checkServedCertificates } from "../../../cli/preflight/served-certificates";
import type { Standing, Subject } from "../../../cli/preflight/subject";
import { devEnvironment } from "../support/fake-context";

const service = (entry: EnvironmentService["routing"]["entry"], subdomain: string): EnvironmentService => ({
  regions: ["eu-west-1"],
  runtimes: { "app-runner": 100 },
  peakTasks: 1,
  healthCheck: { path: "/" },
  routing: { entry, subdomain, hostname: `${subdomain}.example.com` },
});
const record = (name: string): Standing => ({
  type: "aws_route53_record",
  region: "eu-west-1",
  attributes: { name },
});
const appRunner: Standing = {
  type: "aws_apprunner_custom_domain_association",
  region: "eu-central-1",
  attributes: { domain_name: "web.example.com", dns_target: "abc.eu-central-1.awsapprunner.com" },
};

function subjectOf(
  answer: (host: string) => ServedCertificate | Error,
  changes: Partial<Subject> = {},
): Subject {
  return {
    access: { variables: {} },
    environment: {
      ...devEnvironment,
      services: {
        web: service("dns", "web"),
        api: service("dns", "api"),
        ledger: service("private", "ledger"),
      },
    },
    resources: [],
    data: [],
    standing: [record("web.example.com"), record("ledger.example.com"), appRunner],
    bucketStatus: () => Promise.resolve("present"),
    parentOf: () => Promise.resolve({ nameServers: [], dsRecords: [] }),
    servedCertificate: (host) => {
      const given = answer(host);
      return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
    },
    now: () => new Date("2026-11-21T12:00:00Z"),
    ...changes,
  };
}

const good: ServedCertificate = { expiresAt: new Date("2027-03-01T00:00:00Z") };
const remedy =
  "Its renewal has failed: check whether the validation records of its names are in the zone, and at its status in ACM, or in the custom domains of App Runner.";

describe("the certificates that users are shown", () => {
  it("are looked up where names and regions of App Runner are, and no other", async () => {
    expect(await checkServedCertificates(subjectOf(() => good))).toEqual(
      ["global", "eu-central-1"].map((where) => ({
        result: "ok",
        where,
        what: "certificate shown for web.example.com",
        got: "it expires on 2027-03-01, in 99 days",
      })),
    );
  });

  it("warn 30 days before they expire, afterwards, and when clients do not trust them", async () => {
    const near = { expiresAt: new Date("2026-12-20T00:00:00Z") };
    const past = { expiresAt: new Date("2026-11-20T00:00:00Z"), distrust: "CERT_HAS_EXPIRED" };
    const findings = await checkServedCertificates(
      subjectOf((host) => (host === "web.example.com" ? near : past)),
    );

    const what = "certificate shown for web.example.com";
    expect(findings).toEqual([
      { result: "warn", where: "global", what, got: "it expires on 2026-12-20, in 28 days", remedy },
      {
        result: "warn",
        where: "eu-central-1",
        what,
        got: "it expired on 2026-11-20; clients do not trust it: CERT_HAS_EXPIRED",
        remedy,
      },
    ]);
  });

  it("are unknown where the host does not answer", async () => {
    const findings = await checkServedCertificates(subjectOf(() => new Error("connect ECONNREFUSED")));

    expect(findings.map(({ result, got }) => [result, got])).toEqual([
      ["unknown", "Error: connect ECONNREFUSED"],
      ["unknown", "Error: connect ECONNREFUSED"],
    ]);
  });

  it("are not asked for in the local cloud, where nothing answers to names", async () => {
    const environment = { ...devEnvironment, target: "local-cloud" as const };

    expect(await checkServedCertificates(subjectOf(() => good, { environment }))).toEqual([]);
  });
});
