import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { s3Objects } from "../../../cli/aws/objects";

const place = { bucket: "states", key: "dev-eu.tfstate", region: "eu-west-1" };

describe("Objects in S3", () => {
  let server: Server;
  let answer: { readonly status: number; readonly code: string; readonly message: string };
  const access = () => ({
    variables: {},
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });

  beforeAll(async () => {
    server = createServer((_request, response) => {
      const { status, code, message } = answer;
      response.writeHead(status, { "content-type": "application/xml" });
      response.end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(() => {
    server.close();
  });

  const calls: [string, () => Promise<unknown>][] = [
    ["list", () => s3Objects.list(access(), place, "dev-")],
    ["versions", () => s3Objects.versions(access(), place)],
    ["remove", () => s3Objects.remove(access(), place)],
  ];

  it.each([
    ["list", "The objects of bucket states cannot be listed: Access Denied", "s3:ListBucket on the bucket"],
    [
      "versions",
      "The versions of s3://states/dev-eu.tfstate cannot be listed: Access Denied",
      "s3:ListBucketVersions on the bucket",
    ],
    [
      "remove",
      "The object s3://states/dev-eu.tfstate cannot be deleted: Access Denied",
      "s3:DeleteObject on the bucket's objects",
    ],
  ])("say what %s is not allowed, and what to allow", async (name, message, permission) => {
    answer = { status: 403, code: "AccessDenied", message: "Access Denied" };

    await expect(new Map(calls).get(name)?.()).rejects.toMatchObject({
      name: "CommandError",
      message,
      remedy: `Allow the credentials ${permission}.`,
    });
  });

  it.each(["list", "versions"])("say for %s that the bucket is not there yet", async (name) => {
    answer = { status: 404, code: "NoSuchBucket", message: "The specified bucket does not exist" };

    await expect(new Map(calls).get(name)?.()).rejects.toMatchObject({
      name: "CommandError",
      message: "The bucket states does not exist.",
      remedy: "Create the state bucket first with `meridian bootstrap <env>`.",
    });
  });
});
