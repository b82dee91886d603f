import * as fc from "fast-check";

import * as forms from "../../../core/forms";

type Kind = readonly [name: string, form: forms.Form, taken: readonly string[], refused: readonly string[]];

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

const kinds: readonly Kind[] = [
  [
    "account",
    forms.accountId,
    ["012345678901"],
    ["", "12345678901", "1234567890123", "12345678901a", "123456789012\n"],
  ],
  [
    "mail address",
    forms.emailAddress,
    ["oncall@example.com"],
    ["nobody", "a b@example.com", "a@b", "@example.com"],
  ],
  [
    "repository of GitHub",
    forms.githubRepository,
    ["acme/platform", "acme@1/platform@2"],
    ["acme", "acme/platform/x", "https://github.com/acme/platform", "acme@1/platform"],
  ],
  [
    "principal of a share",
    forms.sharePrincipal,
    ["111122223333", "arn:aws:organizations::111122223333:organization/o-abcdef1234"],
    ["1111", "arn:aws:iam::111122223333:role/x", "arn:aws:organizations::111122223333:organization/*"],
  ],
  ["name", forms.kebabName(), ["web", "web-1", "a"], ["", "Web", "1web", "web-", "web--1", "web_1", "web\n"]],
  ["short name", forms.kebabName(4), ["webs"], ["webss"]],
  ["joined words", forms.hyphenatedName, ["Prod-1"], ["", "prod_", "-prod", "prod--1"]],
  ["variable", forms.variableName, ["_A1"], ["1A", "A-B", "", "A B"]],
  [
    "state bucket",
    forms.stateBucketName,
    ["abc", "b".repeat(55)],
    ["ab", "b".repeat(56), "My", "-abc", "xn--abc", "abc--x-s3", "a.b.c"],
  ],
  ["name in DynamoDB", forms.dynamoDbName, ["a_b", "x".repeat(255)], ["ab", "x".repeat(256), "a b c"]],
  ["directory", forms.absoluteDirectory, ["/tmp", "/var/run.d"], ["/", "tmp", "/tmp/", "/a b"]],
  ["country", forms.countryCode, ["DE"], ["de", "DEU", "", "D"]],
  ["subdivision", forms.subdivisionCode, ["CA"], ["US-CA", ""]],
  [
    "domain",
    forms.domainName,
    ["example.com", "a.b-c.example", "example.xn--p1ai", `${"a".repeat(63)}.com`],
    [
      "example",
      "example.com.",
      "Example.com",
      "a..b",
      "-a.com",
      "10.0.0.1",
      `${"a".repeat(64)}.com`,
      "*.example.com",
    ],
  ],
  [
    "domain of a firewall",
    forms.firewallDomain,
    ["example.com", "*.example.com", "*"],
    ["a..b", "a*.com", ""],
  ],
  ["domain list", forms.firewallDomainListId, ["rslvr-fdl-2c46f2ecbfec4dcc"], ["rslvr-fdl-", "fdl-2c46f2ec"]],
  [
    "health check",
    forms.healthCheckPath,
    ["/", "/health?x=1"],
    ["", "health", "/a b", `/${"x".repeat(1024)}`],
  ],
  [
    "KMS key",
    forms.kmsKeyArn,
    ["arn:aws:kms:eu-west-1:111122223333:key/mrk-1234", "arn:aws-cn:kms:cn-north-1:111122223333:key/1"],
    ["alias/x", "arn:aws:kms:eu-west-1:111122223333:alias/x", "arn:aws:kms:eu-west-1:111122223333:key/a b"],
  ],
  ["action", forms.iamAction, ["sqs:SendMessage", "s3:Get*"], ["*", "sqs", "sqs:", "*:*", "SQS:Send"]],
  [
    "resource",
    forms.policyResource,
    ["*", "arn:aws:s3:::orders/*", "arn:aws:iam::aws:policy/X"],
    ["orders", "arn:aws:s3", "arn:aws:s3:::a b"],
  ],
  ["tag", forms.imageTag, ["1.4.2", "_x"], ["", "-x", ".x", "x".repeat(129)]],
  ["digest", forms.imageDigest, [digest], ["sha256:abc", digest.toUpperCase()]],
  [
    "image of a registry",
    forms.imageUri,
    ["public.ecr.aws/nginx/nginx:1.29.1", `localhost:5000/web@${digest}`],
    ["nginx:1.29.1", "public.ecr.aws/nginx/nginx", "public.ecr.aws/Nginx:1"],
  ],
  [
    "image",
    forms.pinnedImage,
    ["nginx:1.29.1", `web@${digest}`],
    ["nginx", ":1", "nginx:", "localhost:5000/web"],
  ],
  ["repository", forms.repositoryName(), ["web", "team/web_1.2-x"], ["w", "Web", "web/", "web//x", "-web"]],
  ["prefix of a cache", forms.repositoryName(30), ["quay"], ["q".repeat(31)]],
  [
    "parameter",
    forms.parameterName,
    ["/web/database", "/a".repeat(15)],
    ["web", "/", "/a/", "/a".repeat(16), "/a b"],
  ],
];

describe.each(kinds)("the form of a %s", (_name, form, taken, refused) => {
  it("takes what AWS takes and refuses what it refuses", () => {
    expect(taken.filter((value) => !form.accepts(value))).toEqual([]);
    expect(refused.filter((value) => form.accepts(value))).toEqual([]);
  });

  it("says what it must be and what to do, to be read inside a sentence", () => {
    expect(form.expected).toMatch(/^(be|begin|end) .*[^.]$/);
    expect(form.remedy).toMatch(/^[a-z].*[^.]$/);
  });

  it("answers the same for a value each time, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (value) => form.accepts(value) === form.accepts(value)),
    );
  });
});

describe("forms", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

  it("take a whole number exactly within their bounds", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer(), fc.double({ noNaN: true })),
        fc.integer(),
        fc.nat(),
        (value, minimum, width) => {
          const { accepts } = forms.wholeNumber(minimum, minimum + width, "choose another");
          expect(accepts(value)).toBe(
            Math.trunc(value) === value && value >= minimum && value <= minimum + width,
          );
          expect(accepts(minimum) && accepts(minimum + width)).toBe(true);
          expect(accepts(minimum - 1) || accepts(minimum + width + 1)).toBe(false);
        },
      ),
    );
  });

  it("take the ports that exist, and no others", () => {
    expect([1, 443, 65_535].every(forms.port.accepts)).toBe(true);
    expect([0, 65_536, 80.5, -1, NaN, Infinity].some(forms.port.accepts)).toBe(false);
  });

  it("take the days that CloudWatch Logs offers, and no others", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 4_000 }), (days) => {
        expect(forms.logRetention.accepts(days)).toBe(
          (forms.logRetentionPeriods as readonly number[]).includes(days),
        );
      }),
    );
  });

  it("take a key in its own region only", () => {
    const region = fc.constantFrom("eu-west-1", "eu-west-2", "us-east-1", "cn-north-1");
    fc.assert(
      fc.property(region, region, (own, other) => {
        const arn = `arn:aws:kms:${own}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
        expect(forms.kmsKeyArn.accepts(arn)).toBe(true);
        expect(forms.kmsKeyArnIn(other).accepts(arn)).toBe(own === other);
      }),
    );
  });

  it("take every domain of lower-case labels, and the labels below it", () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        const domain = [...labels, "example"].join(".");
        expect(forms.domainName.accepts(domain)).toBe(true);
        expect(forms.domainName.accepts(`${domain}.`)).toBe(false);
        expect(forms.domainName.accepts(`https://${domain}`)).toBe(false);
      }),
    );
  });

  it("leave room in a bucket's name for its replica's", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,70}[a-z0-9]$/), (name) => {
        fc.pre(forms.stateBucketName.accepts(name));
        expect(`${name}${forms.replicaSuffix}`.length).toBeLessThanOrEqual(63);
      }),
    );
  });

  it("take an image of a registry wherever its build must be named", () => {
    const registry = fc.constantFrom("public.ecr.aws", "localhost:5000", "ghcr.io");
    const build = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/).map((tag) => `:${tag}`);
    fc.assert(
      fc.property(registry, label, fc.oneof(build, fc.constant(`@${digest}`)), (host, name, version) => {
        expect(forms.imageUri.accepts(`${host}/${name}${version}`)).toBe(true);
        expect(forms.pinnedImage.accepts(`${host}/${name}${version}`)).toBe(true);
      }),
    );
  });

  it("change their remedy to a field's own words and nothing else", () => {
    expect(forms.inWords(forms.port, "give the port of the database")).toEqual({
      ...forms.port,
      remedy: "give the port of the database",
    });
  });
});
