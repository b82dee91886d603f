import { check, refusals, sample, sampleService } from "../../sample";

describe("checkHostnames", () => {
  it("takes a name of 64 characters", () => {
    expect(check(sampleService({ routing: { subdomain: "a".repeat(52) } }))).toHaveLength(1);
  });

  it("refuses a name that no certificate can be issued for", () => {
    const subdomain = "a".repeat(53);

    expect(refusals(sampleService({ routing: { subdomain } }))).toEqual([
      `environments/sample.ts: 'services.web.routing.subdomain' must leave '${subdomain}.example.com' at most ` +
        `64 characters, a certificate's limit, got "${subdomain}"; shorten it to 52 characters`,
    ]);
  });

  it("refuses a domain that leaves no room", () => {
    const domain = { name: `${"a".repeat(60)}.example.com` };

    expect(refusals(sample({ domain }))).toEqual([
      `environments/sample.ts: 'services.web.routing.subdomain' must leave 'web.${domain.name}' at most ` +
        '64 characters, a certificate\'s limit, got "web"; choose a shorter domain',
    ]);
  });
});
