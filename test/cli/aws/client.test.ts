import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import { clientSettings, type Patience } from "../../../cli/aws/client";
import { awsSdk } from "../../../cli/aws/aws";

const impatient: Patience = { connectMilliseconds: 100, answerMilliseconds: 50, attempts: 2 };

describe("clientSettings", () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function listen(
    answer: (count: number) => number | undefined,
  ): Promise<{ endpoint: string; count: () => number }> {
    let count = 0;
    server = createServer((_request, response) => {
      count += 1;
      const status = answer(count);
      if (status !== undefined) {
        response.writeHead(status).end("");
      }
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      count: () => count,
    };
  }

  it("waits five seconds for a connection and fifteen for an answer, six times", () => {
    expect(clientSettings({ variables: {} }, "eu-west-1")).toEqual({
      region: "eu-west-1",
      maxAttempts: 6,
      requestHandler: { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true },
    });
  });

  it("gives up on an endpoint that never answers", async () => {
    const { endpoint, count } = await listen(() => undefined);
    const client = new STSClient(clientSettings({ variables: {}, endpoint }, "eu-west-1", impatient));

    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "TimeoutError",
    });
    expect(count()).toBe(2);
  });

  it("writes an object although the first answers are errors of the server", async () => {
    const { endpoint, count } = await listen((number) => (number < 3 ? 500 : 200));

    await awsSdk.objects.write(
      { variables: {}, endpoint },
      { bucket: "states", key: "dev.applied.json", region: "eu-west-1" },
      "{}",
    );

    expect(count()).toBe(3);
  });
});
