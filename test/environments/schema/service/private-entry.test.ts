import { check, refusals, sample, service } from "../../sample";

const appRunner = { existingCustomer: true } as const;
const privateDns = { zone: "internal.example.com" };
const entry = "private" as const;

const path = "environments/sample.ts: 'services.ledger.";

describe("checkPrivateEntry", () => {
  it.each(["fargate", "app-runner"] as const)("takes a private service on %s", (runtime) => {
    const ledger = service({ runtime, routing: { entry } });

    expect(check(sample({ appRunner, privateDns, services: { ledger } }))).toHaveLength(1);
  });

  it("takes it beside load balancers that are closed to everyone but an accelerator or CloudFront", () => {
    const services = { ledger: service({ routing: { entry } }) };

    expect(check(sample({ privateDns, services, accelerator: { onlyEntry: true } }))).toHaveLength(1);
    expect(check(sample({ privateDns, services, distribution: { onlyEntry: true } }))).toHaveLength(1);
  });

  it("puts the name below the private zone", () => {
    const [environment] = check(
      sample({ privateDns, services: { ledger: service({ routing: { entry } }) } }),
    );

    expect(environment?.services.ledger?.routing.hostname).toBe("ledger.internal.example.com");
  });

  it("refuses a private service in an environment without a private zone", () => {
    expect(refusals(sample({ services: { ledger: service({ routing: { entry } }) } }))).toEqual([
      `${path}routing.entry' must not be 'private' in an environment without a private zone, which its name is in, ` +
        "got \"private\"; give the environment a zone in 'privateDns.zone', or choose another entry",
    ]);
  });

  it("refuses a zone that no certificate can be proved for", () => {
    const services = { ledger: service({ routing: { entry } }) };

    expect(refusals(sample({ privateDns: { zone: "corp.internal" }, services }))).toEqual([
      `${path}routing.entry' must be 'private' only where 'privateDns.zone' is below example.com, in which its certificate is validated, got "corp.internal"; choose a zone such as 'internal' below the domain, or another entry`,
    ]);
  });

  it("refuses names, policies and runtimes that a private entry does not have, all at once", () => {
    const ledger = service({
      runtime: { "app-runner": 50, fargate: 50 },
      routing: { entry, subdomain: "@", policy: { kind: "geoproximity" } },
    });

    expect(refusals(sample({ appRunner, privateDns, services: { ledger } }))).toEqual([
      `${path}routing.subdomain' must not be '@' behind a private entry, because no certificate covers the zone's own ` +
        'name, got "@"; choose a name below the zone',
      `${path}routing.policy' must be 'latency' behind a private entry, because a network reaches only its own region, ` +
        'got "geoproximity"; leave it out, or choose another entry',
      `${path}runtime' must be one runtime behind a private entry, because App Runner answers only to its own name of a ` +
        "private service, got {\"app-runner\":50,\"fargate\":50}; choose 'fargate' or 'app-runner'",
    ]);
  });
});
