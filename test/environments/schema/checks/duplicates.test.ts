import { validateEnvironments } from "../../../../environments/schema/validate";
import { refusal } from "../../../support/synth";
import { check, other, refusals, sample, sampleService, service } from "../../sample";

const proxy = { name: "proxy", image: { uri: "example.com/proxy:1" }, port: 9000 };

describe("checkDuplicates", () => {
  it("takes environments that share nothing", () => {
    expect(check(sample(), other())).toHaveLength(2);
  });

  it("refuses two environments of one name, whose states would share a bucket too", () => {
    const message = refusal(() =>
      validateEnvironments([
        { file: "environments/sample.ts", input: sample() },
        { file: "environments/copy.ts", input: other({ name: "sample" }) },
      ]),
    );

    expect(message.split("\n")).toEqual([
      "environments/copy.ts: 'name' must be a name that nothing else has, got \"sample\"; " +
        "choose another; environments/sample.ts has it",
      "environments/copy.ts: 'state.bucket' must be a bucket name that nothing else has, " +
        'got "sample-111122223333-meridian-state"; ' +
        "choose another; environment 'sample' (environments/sample.ts) has it",
    ]);
  });

  it("refuses two environments that share a state bucket", () => {
    const bucket = "sample-111122223333-meridian-state";

    expect(refusals(sample(), other({ state: { bucket } }))).toEqual([
      `environments/other.ts: 'state.bucket' must be a bucket name that nothing else has, got "${bucket}"; ` +
        "choose another; environment 'sample' (environments/sample.ts) has it",
    ]);
  });

  it("refuses two environments that create the same zone", () => {
    const services = { api: service() };

    expect(refusals(sample(), other({ domain: { name: "example.com" }, services }))).toEqual([
      "environments/other.ts: 'domain.name' must be a domain to create that nothing else has, got \"example.com\"; " +
        "choose another; environment 'sample' (environments/sample.ts) has it",
    ]);
  });

  it("lets environments share a zone that exists already", () => {
    const domain = { name: "example.com", zone: "existing" } as const;

    expect(check(sample({ domain }), other({ domain, services: { api: service() } }))).toHaveLength(2);
  });

  it("refuses two services under one host name, even in two environments", () => {
    const domain = { name: "example.com", zone: "existing" } as const;

    expect(refusals(sample({ domain }), other({ domain }))).toEqual([
      "environments/other.ts: 'services.web.routing.subdomain' must be a subdomain that nothing else has, " +
        "got \"web\"; choose another; service 'web' of 'sample' has it",
    ]);
  });

  it("refuses two services of one environment under one subdomain", () => {
    const services = { web: service(), api: service({ routing: { subdomain: "web" } }) };

    expect(refusals(sample({ services }))).toEqual([
      "environments/sample.ts: 'services.api.routing.subdomain' must be a subdomain that nothing else has, " +
        "got \"web\"; choose another; service 'web' of 'sample' has it",
    ]);
  });

  it("refuses services whose names differ in hyphens only, because construct ids do not have them", () => {
    expect(refusals(sample({ services: { web1: service(), "web-1": service() } }))).toEqual([
      "environments/sample.ts: 'services.web-1' must be a name in letters and digits that nothing else has, " +
        "got \"web-1\"; choose another; service 'web1' has it",
    ]);
  });

  it("refuses a sidecar with the name or port of the service's container", () => {
    expect(refusals(sampleService({ sidecars: [{ ...proxy, name: "web", port: 8080 }] }))).toEqual([
      "environments/sample.ts: 'services.web.sidecars.0.name' must be a container name that nothing else has, " +
        'got "web"; choose another; the service\'s own container has it',
      "environments/sample.ts: 'services.web.sidecars.0.port' must be a port that nothing else has, " +
        "got 8080; choose another; the service's own container has it",
    ]);
  });

  it("refuses two sidecars of one name and port", () => {
    expect(refusals(sampleService({ sidecars: [proxy, proxy] }))).toEqual([
      "environments/sample.ts: 'services.web.sidecars.1.name' must be a container name that nothing else has, " +
        "got \"proxy\"; choose another; sidecar 'proxy' has it",
      "environments/sample.ts: 'services.web.sidecars.1.port' must be a port that nothing else has, " +
        "got 9000; choose another; sidecar 'proxy' has it",
    ]);
  });
});
