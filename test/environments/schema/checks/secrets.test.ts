import { check, refusals, sampleService } from "../../sample";

const plainText = (property: string) =>
  `environments/sample.ts: '${property}' must not be a secret in plain text, got "(hidden)"; ` +
  "store the value in Secrets Manager or SSM and name it in 'secrets'; rename the variable if it is none";

describe("checkSecrets", () => {
  it.each(["web/database", "web/database:password", "/web/database/password", "rds!db-0123"])(
    "takes the name %s",
    (name) => {
      expect(check(sampleService({ secrets: { DATABASE_PASSWORD: name } }))).toHaveLength(1);
    },
  );

  it.each([
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/database-AbCdEf",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/database-AbCdEf:password::",
    "arn:aws:ssm:eu-west-1:111122223333:parameter/web/database",
  ])("takes %s for a service in its region", (arn) => {
    const input = sampleService({ regions: ["eu-west-1"], secrets: { DATABASE_PASSWORD: arn } });

    expect(check({ ...input, recovery: { rtoSeconds: 156, survives: 0 } })).toHaveLength(1);
  });

  it("refuses a reference that is neither name nor ARN, without printing it", () => {
    expect(refusals(sampleService({ secrets: { DATABASE_PASSWORD: "correct horse" } }))).toEqual([
      "environments/sample.ts: 'services.web.secrets.DATABASE_PASSWORD' must be the name or ARN of a Secrets Manager " +
        'secret or an SSM parameter, got "(hidden)"; write a secret like "web/database" and a parameter like ' +
        '"/web/database"; a secret whose name ends in a hyphen and six characters needs its ARN',
    ]);
  });

  it("refuses a name that Secrets Manager would take for the end of an ARN", () => {
    expect(refusals(sampleService({ secrets: { VALUE: "web/db-master" } }))).toEqual([
      "environments/sample.ts: 'services.web.secrets.VALUE' must be the name or ARN of a Secrets Manager " +
        'secret or an SSM parameter, got "(hidden)"; write a secret like "web/database" and a parameter like ' +
        '"/web/database"; a secret whose name ends in a hyphen and six characters needs its ARN',
    ]);
  });

  it("refuses the ARN of something else", () => {
    expect(refusals(sampleService({ secrets: { DATABASE: "arn:aws:s3:::bucket" } }))).toEqual([
      "environments/sample.ts: 'services.web.secrets.DATABASE' must be the ARN of a Secrets Manager secret or an SSM " +
        'parameter, got "arn:aws:s3:::bucket"; copy the ARN whole, or write the name',
    ]);
  });

  it("refuses the key of a region that the service does not run in", () => {
    const arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    expect(refusals(sampleService({ secretKeyArns: [arn] }))).toEqual([
      "environments/sample.ts: 'services.web.secretKeyArns' must name keys of the regions that the service runs in: " +
        `eu-west-1, eu-central-1, got "${arn}"; give the key of each region, or its replicas if it is a multi-Region key`,
    ]);
  });

  it("refuses an ARN that ties a region to another one", () => {
    const arn = "arn:aws:ssm:eu-west-1:111122223333:parameter/web/database";

    expect(refusals(sampleService({ secrets: { DATABASE: arn } }))).toEqual([
      "environments/sample.ts: 'services.web.secrets.DATABASE' must not bind eu-central-1 to another region, " +
        `got "${arn}"; write the name and keep a replica of the secret in each region`,
    ]);
  });

  it("refuses a variable that is a secret as well", () => {
    expect(
      refusals(sampleService({ environment: { DATABASE: "db" }, secrets: { DATABASE: "web/database" } })),
    ).toEqual([
      "environments/sample.ts: 'services.web.environment.DATABASE' must not be in 'secrets' as well, " +
        'got "db"; remove one of the two',
    ]);
  });

  it.each(["DATABASE_PASSWORD", "CLIENT_SECRET", "GITHUB_TOKEN", "STRIPE_API_KEY", "apiKey"])(
    "refuses the value of %s in plain text, without printing it",
    (key) => {
      expect(refusals(sampleService({ environment: { [key]: "hunter2" } }))).toEqual([
        plainText(`services.web.environment.${key}`),
      ]);
    },
  );

  it("refuses a sidecar's variable whose name says that it is a secret", () => {
    const sidecars = [
      { name: "proxy", image: { uri: "example.com/proxy:1" }, environment: { ADMIN_PASSWORD: "x" } },
    ];

    expect(refusals(sampleService({ sidecars }))).toEqual([
      plainText("services.web.sidecars.0.environment.ADMIN_PASSWORD"),
    ]);
  });

  it("takes and checks the secrets of a sidecar as those of the service", () => {
    const sidecar = { name: "proxy", image: { uri: "example.com/proxy:1" }, environment: { A: "b" } };
    const good = [{ ...sidecar, secrets: { ADMIN_PASSWORD: "web/proxy" } }];
    const bad = [{ ...sidecar, secrets: { A: "web/proxy", B: "correct horse" } }];

    expect(check(sampleService({ sidecars: good }))).toHaveLength(1);
    expect(refusals(sampleService({ sidecars: bad }))).toEqual([
      "environments/sample.ts: 'services.web.sidecars.0.secrets.B' must be the name or ARN of a Secrets Manager " +
        'secret or an SSM parameter, got "(hidden)"; write a secret like "web/database" and a parameter like ' +
        '"/web/database"; a secret whose name ends in a hyphen and six characters needs its ARN',
      "environments/sample.ts: 'services.web.sidecars.0.environment.A' must not be in 'secrets' as well, " +
        'got "b"; remove one of the two',
    ]);
  });

  it.each([
    "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    "glpat-0123456789abcdefghij",
    "xoxb-0123456789",
    ["sk", "live", "0123456789abcdef"].join("_"),
    "postgres://app:hunter2@db.internal/orders",
  ])("refuses the value %s, which is a secret by its form", (value) => {
    expect(refusals(sampleService({ environment: { UPSTREAM: value } }))).toEqual([
      plainText("services.web.environment.UPSTREAM"),
    ]);
  });

  it("takes a URL without a password", () => {
    expect(
      check(sampleService({ environment: { UPSTREAM: "https://api@example.com:8443/x" } })),
    ).toHaveLength(1);
  });

  it("refuses a value that looks like an access key, in sidecars too", () => {
    const environment = { ACCESS: "AKIAIOSFODNN7EXAMPLE" };
    const sidecars = [{ name: "proxy", image: { uri: "example.com/proxy:1" }, environment }];

    expect(refusals(sampleService({ sidecars }))).toEqual([
      plainText("services.web.sidecars.0.environment.ACCESS"),
    ]);
  });
});
