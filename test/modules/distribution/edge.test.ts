import { generateKeyPairSync } from "node:crypto";

import type { DistributionProps } from "../../../modules/distribution";
import { resourceAt, resourcesOf } from "../../support/synth";
import { resolve } from "../dns/resolve";
import { distributionWith, refuse, stackWith } from "./fixtures";

const code = "function handler(event) { return event.request; }";

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

describe("functions at the edge", () => {
  const functions = { rewrite: { code, comment: "Adds index.html" }, stamp: { code } };

  it("are published, and kept until the distribution no longer uses them", () => {
    const { stack } = stackWith({ functions });

    expect(resourceAt(stack, "aws_cloudfront_function", "Web/Functions/rewrite")).toEqual({
      name: "prod-web-rewrite",
      runtime: "cloudfront-js-2.0",
      code,
      comment: "Adds index.html",
      publish: true,
      lifecycle: { create_before_destroy: true },
    });
  });

  it("see the requests and answers of the behaviours that name them", () => {
    const distribution = distributionWith({
      functions,
      defaultBehavior: { origin: "web", functions: { viewerRequest: "rewrite", viewerResponse: "stamp" } },
      behaviors: [
        { origin: "web", pathPattern: "/a/*", functions: { viewerRequest: "rewrite" } },
        { origin: "web", pathPattern: "/b/*" },
      ],
    });
    const arnOf = (id: string) => `\${aws_cloudfront_function.${id}.arn}`;
    const request = { event_type: "viewer-request", function_arn: arnOf("Web_Functions_rewrite_118A4691") };
    const response = { event_type: "viewer-response", function_arn: arnOf("Web_Functions_stamp_5A2E1397") };

    expect(distribution.default_cache_behavior).toMatchObject({ function_association: [request, response] });
    expect(distribution.ordered_cache_behavior).toMatchObject([
      { path_pattern: "/a/*", function_association: [request] },
      { path_pattern: "/b/*" },
    ]);
    expect(Object.keys((distribution.ordered_cache_behavior as object[])[1] ?? {})).not.toContain(
      "function_association",
    );
  });

  it("keep the templates of their language, which Terraform has too", () => {
    const { stack } = stackWith({ functions: { greet: { code: "`Hello ${name}, 100%{}`" } } });

    expect(resourceAt(stack, "aws_cloudfront_function").code).toBe("`Hello $${name}, 100%%{}`");
  });

  it.each<[string, Partial<DistributionProps>, string]>([
    [
      "a name that is none",
      { functions: { Rewrite: { code } } },
      "test/Web: 'functions' must be at most 100, with names of lower-case letters, digits and single hyphens, " +
        'got ["Rewrite"]; rename them, or make one function of several',
    ],
    [
      "code that is none, or too long",
      { functions: { empty: { code: "" }, long: { code: "x".repeat(10_241) } } },
      `test/Web: 'functions' must have 'code' of 1 to 10240 bytes, got ["empty","long"]; ` +
        "shorten it: what needs more belongs in the origin",
    ],
    [
      "a behaviour that names another",
      { functions, defaultBehavior: { origin: "web", functions: { viewerResponse: "stamps" } } },
      "test/Web: 'functions' must hold what behaviours name under 'functions', got [\"stamps\"]; " +
        "add the function, or correct the name",
    ],
    [
      "a behaviour that names one where there are none",
      { behaviors: [{ origin: "web", pathPattern: "/a", functions: { viewerRequest: "rewrite" } }] },
      "test/Web: 'defaultBehavior' must name no function where the distribution has none, got [\"rewrite\"]; " +
        "add it to 'functions' of the distribution",
    ],
  ])("refuse %s", (_, props, message) => {
    expect(refuse(props)).toBe(message);
  });
});

describe("trusted keys", () => {
  const trustedPublicKeys = { "2026": publicKey };

  it("are a group whose signatures a behaviour asks for", () => {
    const { stack, distribution } = stackWith({
      trustedPublicKeys,
      behaviors: [{ origin: "web", pathPattern: "/films/*", signedOnly: true }],
    });
    const [id = "", key] = Object.entries(resourcesOf(stack, "aws_cloudfront_public_key"))[0] ?? [];
    const group = resourceAt(stack, "aws_cloudfront_key_group");
    const made = resourceAt(stack, "aws_cloudfront_distribution");

    expect(key).toEqual({
      name: expect.stringMatching(/^prod-web-2026-[0-9a-f]{8}$/) as string,
      comment: "Signatures of 2026 for prod-web",
      encoded_key: publicKey,
      lifecycle: { create_before_destroy: true },
    });
    expect(group).toEqual({
      name: "prod-web-signers",
      comment: "Who signs URLs and cookies of prod-web",
      items: [`\${aws_cloudfront_public_key.${id}.id}`],
    });
    expect(made.ordered_cache_behavior).toMatchObject([
      { trusted_key_groups: ["${aws_cloudfront_key_group.Web_TrustedKeys_E4FEAEA4.id}"] },
    ]);
    expect(Object.keys(made.default_cache_behavior as object)).not.toContain("trusted_key_groups");
    expect(resolve(stack, distribution.publicKeyIds)).toEqual({
      "2026": `\${aws_cloudfront_public_key.${id}.id}`,
    });
  });

  it("can guard every path", () => {
    const made = distributionWith({
      trustedPublicKeys,
      defaultBehavior: { origin: "web", signedOnly: true },
    });

    expect(made.default_cache_behavior).toMatchObject({ trusted_key_groups: [expect.any(String)] });
  });

  it("have one name for one text, however its lines end, and another for another", () => {
    const nameOf = (text: string) =>
      resourceAt(stackWith({ trustedPublicKeys: { "2026": text } }).stack, "aws_cloudfront_public_key").name;
    const other = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });

    expect(nameOf(publicKey.replaceAll("\n", "\r\n"))).toBe(nameOf(publicKey.trim()));
    expect(nameOf(other.publicKey)).not.toBe(nameOf(publicKey));
  });

  it.each<[string, Partial<DistributionProps>, string]>([
    [
      "a group without keys",
      { trustedPublicKeys: {} },
      "test/Web: 'trustedPublicKeys' must hold 1 to 5 keys, with names of lower-case letters, digits and single " +
        "hyphens, got []; rename them, or remove keys that are no longer used for signing",
    ],
    [
      "a private key, without showing it",
      { trustedPublicKeys: { "2026": privateKey } },
      "test/Web: 'trustedPublicKeys' must be public keys in PEM, got [\"2026\"]; write the output of " +
        "`openssl pkey -in private.pem -pubout`, and keep the private key out of here",
    ],
    [
      "signatures that nobody can make",
      { defaultBehavior: { origin: "web", signedOnly: true } },
      "test/Web: 'defaultBehavior' must not be 'signedOnly' without 'trustedPublicKeys', got true; " +
        "add the keys whose signatures are accepted",
    ],
    [
      "signatures that nobody can make, under some paths",
      { behaviors: [{ origin: "web", pathPattern: "/films/*", signedOnly: true }] },
      "test/Web: 'behaviors' must not be 'signedOnly' without 'trustedPublicKeys', got [\"/films/*\"]; " +
        "add the keys whose signatures are accepted",
    ],
  ])("refuse %s", (_, props, message) => {
    expect(refuse(props)).toBe(message);
  });
});
