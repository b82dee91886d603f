import { validateEnvironments } from "../../../environments/schema/validate";
import { refusal } from "../../support/synth";
import { ireland, refusalsOfUntyped, sample, service } from "../sample";

const withService = (changes: object) => ({ services: { web: { ...service(), ...changes } } });
const path = "environments/sample.ts:";

describe("the structure of an environment", () => {
  it("refuses a misspelt key and names the nearest", () => {
    expect(refusalsOfUntyped({ deletionProtecton: true })).toEqual([
      `${path} 'deletionProtecton' must be a known key, ` +
        "got \"deletionProtecton\"; write 'deletionProtection'",
    ]);
  });

  it("reports a misspelt required key once, not as missing as well", () => {
    const region = { ipv4Cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"] };

    expect(refusalsOfUntyped({ regions: { "eu-west-1": region } })).toEqual([
      `${path} 'regions.eu-west-1.ipv4Cidr' must be a known key, ` +
        "got \"ipv4Cidr\"; write 'ipv4CidrBlock'",
    ]);
  });

  it("finds misspelt keys in lists and optional sections", () => {
    const sidecars = [{ name: "proxy", image: { uri: "example.com/proxy:1" }, esential: false }];

    expect(refusalsOfUntyped(withService({ sidecars, scaling: { cpuPercent: 50 } }))).toEqual([
      `${path} 'services.web.scaling.cpuPercent' must be a known key, ` +
        "got \"cpuPercent\"; write 'cpuPercentage'",
      `${path} 'services.web.sidecars.0.esential' must be a known key, ` +
        "got \"esential\"; write 'essential'",
    ]);
  });

  it("refuses a key that is like none", () => {
    expect(refusalsOfUntyped({ domain: { name: "example.com", colour: "blue" } })).toEqual([
      `${path} 'domain.colour' must be one of name, zone, dnssec, queryLog, got "colour"; remove it; the nearest known key is 'zone'`,
    ]);
  });

  it("refuses a missing value", () => {
    expect(refusalsOfUntyped({ account: undefined, recovery: { survives: 1 } })).toEqual([
      `${path} 'account' must be given, got nothing; add it as text`,
      `${path} 'recovery.rtoSeconds' must be given, got nothing; add it as a number`,
    ]);
  });

  it("refuses a value of another kind", () => {
    expect(refusalsOfUntyped({ account: 111122223333, mayPeer: "yes", regions: [] })).toEqual([
      `${path} 'account' must be text, got 111122223333; write text`,
      `${path} 'regions' must be an object, got []; write an object`,
      `${path} 'mayPeer' must be true or false, got "yes"; write true or false`,
    ]);
  });

  it("refuses a word that is none of the choices and names the nearest", () => {
    expect(
      refusalsOfUntyped({ regions: { "eu-west-1": { ...ireland(), natGateways: "one-a-zone" } } }),
    ).toEqual([
      `${path} 'regions.eu-west-1.natGateways' must be one of "none", "single", "one-per-zone", ` +
        "got \"one-a-zone\"; write 'one-per-zone', the nearest one",
    ]);
  });

  it("refuses a number that is none of the choices", () => {
    expect(refusalsOfUntyped({ recovery: { rtoSeconds: 156, survives: 3 } })).toEqual([
      `${path} 'recovery.survives' must be one of 0, 1, 2, got 3; choose one of them`,
    ]);
  });

  it("refuses a half-hearted acknowledgement", () => {
    expect(refusalsOfUntyped({ appRunner: { existingCustomer: false } })).toEqual([
      `${path} 'appRunner.existingCustomer' must be true, got false; write true, or remove it`,
    ]);
  });

  it("refuses a malformed name of a service", () => {
    expect(refusalsOfUntyped({ services: { Web_1: service() } })).toEqual([
      `${path} 'services.Web_1' must be at most 32 lower-case letters, digits and single hyphens, starting with a ` +
        'letter, got "Web_1"; shorten or respell the name',
    ]);
  });

  it("refuses a malformed name of a variable", () => {
    expect(refusalsOfUntyped(withService({ secrets: { "my-key": "web/database" } }))).toEqual([
      `${path} 'services.web.secrets.my-key' must be letters, digits and underscores, not starting with a digit, ` +
        'got "my-key"; rename the variable',
    ]);
  });

  it("refuses something that is no environment", () => {
    expect(refusal(() => validateEnvironments([{ file: "environments/sample.ts", input: undefined }]))).toBe(
      `${path} 'default' must be given, got nothing; add it as an object`,
    );
  });

  it("does not print what may be a secret", () => {
    expect(refusalsOfUntyped(withService({ environment: { DATABASE_PASSWORD: 1234 } }))).toEqual([
      `${path} 'services.web.environment.DATABASE_PASSWORD' must be text, got "(hidden)"; write text`,
    ]);
    expect(refusalsOfUntyped(withService({ secrets: { DATABASE: { value: "hunter2" } } }))).toEqual([
      `${path} 'services.web.secrets.DATABASE' must be text, got "(hidden)"; write text`,
    ]);
  });
});

describe("an image", () => {
  it("is read as the form that needs the fewest corrections", () => {
    expect(
      refusalsOfUntyped(withService({ image: { repositry: "web", digest: `sha256:${"0".repeat(64)}` } })),
    ).toEqual([
      `${path} 'services.web.image.repositry' must be a known key, got "repositry"; write 'repository'`,
    ]);
  });

  it("is refused without a tag or digest", () => {
    expect(refusalsOfUntyped(withService({ image: { repository: "web" } }))).toEqual([
      `${path} 'services.web.image.tag' must be given, got nothing; add it as text`,
    ]);
  });

  it("is refused under a tag that moves", () => {
    expect(refusalsOfUntyped(withService({ image: { repository: "web", tag: "latest" } }))).toEqual([
      `${path} 'services.web.image.tag' must be the immutable tag of one build, at most 128 letters, digits, '.', ` +
        "'_' and '-', and not 'latest', got \"latest\"; write the version that was pushed, such as \"1.4.2\"",
    ]);
  });

  it("is refused as text", () => {
    expect(refusalsOfUntyped(withService({ image: "web:1.0.0" }))).toEqual([
      `${path} 'services.web.image' must be an object, got "web:1.0.0"; write an object`,
    ]);
  });
});

describe("single values", () => {
  it.each([
    [
      { name: "my-prod" },
      "name",
      "be 2 to 12 lower-case letters and digits, starting with a letter",
      'write it like "prod"; stack ids put a hyphen after it',
    ],
    [
      { account: "1234" },
      "account",
      "be the 12 digits of an AWS account",
      "write the account id as text, with its leading zeros",
    ],
    [
      { domain: { name: "Example.com." } },
      "domain.name",
      "be a domain name in lower case without a trailing dot",
      'write it like "example.com"',
    ],
    [
      { state: { bucket: "My_Bucket" } },
      "state.bucket",
      "be a bucket name of 3 to 55 lower-case letters, digits and hyphens",
      'shorten or respell it; the replica adds "-replica"',
    ],
    [
      { state: { bucket: "b".repeat(56) } },
      "state.bucket",
      "be a bucket name of 3 to 55 lower-case letters, digits and hyphens",
      'shorten or respell it; the replica adds "-replica"',
    ],
    [
      { recovery: { rtoSeconds: 0, survives: 0 } },
      "recovery.rtoSeconds",
      "be a whole number between 1 and 86400",
      "give the recovery time in seconds, at most a day",
    ],
    [
      { alarms: { emails: ["nobody"] } },
      "alarms.emails.0",
      "be a mail address",
      'write it like "oncall@example.com"',
    ],
    [
      withService({ port: 65_536 }),
      "services.web.port",
      "be a port between 1 and 65535",
      "give the port that the container listens on",
    ],
    [
      withService({ port: 80.5 }),
      "services.web.port",
      "be a port between 1 and 65535",
      "give the port that the container listens on",
    ],
    [
      withService({ capacity: { minimum: -1, maximum: 1 } }),
      "services.web.capacity.minimum",
      "be a whole number between 0 and 5000",
      "give the number of tasks that always run in a region",
    ],
    [
      withService({ healthCheck: { path: "health" } }),
      "services.web.healthCheck.path",
      "begin with '/' and hold no spaces",
      'write it like "/health"',
    ],
    [
      withService({ healthCheck: { path: "/", intervalSeconds: 301 } }),
      "services.web.healthCheck.intervalSeconds",
      "be a whole number between 5 and 300",
      "choose an interval that the load balancer accepts",
    ],
    [
      withService({ image: { repository: "Web", tag: "1" } }),
      "services.web.image.repository",
      "be 2 to 256 lower-case letters and digits, separated by single '.', '_', '-' or '/'",
      "use the name that the image is pushed under",
    ],
    [
      withService({ image: { uri: "nginx" } }),
      "services.web.image.uri",
      "be a registry, a repository and a tag or digest",
      'write it like "public.ecr.aws/nginx/nginx:1.29.1"',
    ],
    [
      withService({ routing: { subdomain: "-x" } }),
      "services.web.routing.subdomain",
      "be at most 56 lower-case letters, digits and hyphens, or '@' for the domain itself",
      'write it like "www"',
    ],
  ])("refuses %j", (changes, property, expected, remedy) => {
    const got = property.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], {
      ...sample(),
      ...changes,
    });

    expect(refusalsOfUntyped(changes)).toEqual([
      `${path} '${property}' must ${expected}, got ${JSON.stringify(got)}; ${remedy}`,
    ]);
  });

  it("takes a word or settings for a managed rule group", () => {
    const firewall = (group: unknown) => ({
      firewall: { managedRuleGroups: { AWSManagedRulesATPRuleSet: group } },
    });
    const login = { path: "/login", payloadType: "XML", usernameField: "/user", passwordField: "/password" };
    const property = "firewall.managedRuleGroups.AWSManagedRulesATPRuleSet";

    expect(refusalsOfUntyped(firewall("blok"))).toEqual([
      `${path} '${property}' must be one of "block", "count", got "blok"; write 'block', the nearest one`,
    ]);
    expect(refusalsOfUntyped(firewall({ login }))).toEqual([
      `${path} '${property}.login.payloadType' must be one of "JSON", "FORM_ENCODED", got "XML"; write 'JSON', the nearest one`,
    ]);
  });
});
