import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { taggedResources } from "../../../cli/aws/tagged";

const arn = (service: string, rest: string): string => `arn:aws:${service}:eu-west-1:111122223333:${rest}`;
const tags = [{ Key: "meridian:stack", Value: "dev-app" }];

describe("taggedResources", () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it("gives what has a tag, without keys that wait for their deletion", async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { KeyId = "" } = JSON.parse(Buffer.concat(chunks).toString()) as { KeyId?: string };
        const isKey = String(request.headers["x-amz-target"]).endsWith("DescribeKey");
        const answer = isKey
          ? { KeyMetadata: { KeyId, ...(KeyId.endsWith("old") ? { DeletionDate: 1_800_000_000 } : {}) } }
          : {
              ResourceTagMappingList: [
                arn("kms", "key/old"),
                arn("kms", "key/new"),
                arn("ec2", "vpc/vpc-1"),
              ].map((ResourceARN) => ({ ResourceARN, Tags: tags })),
            };
        response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const found = await taggedResources.find(
      { variables: {}, endpoint },
      "eu-west-1",
      "meridian:stack",
      "dev-app",
    );

    expect(found).toEqual(
      [arn("kms", "key/new"), arn("ec2", "vpc/vpc-1")].map((each) => ({
        arn: each,
        tags: { "meridian:stack": "dev-app" },
      })),
    );
  });
});
