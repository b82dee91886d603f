import * as fc from "fast-check";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import {
  type ClusterEndpoint,
  clusterRoutingControls,
  inTurn,
  RefusedByRule,
  shuffled,
} from "../../../cli/aws/routing-controls";
import type { CommandError } from "../../../cli/base/errors";

const access = { variables: {}, endpoint: "http://127.0.0.1:1" };
const arn = "arn:aws:route53-recovery-control::111122223333:controlpanel/1/routingcontrol/1";
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An endpoint of a cluster, which answers like this, and the bodies that it was sent. */
async function endpoint(
  region: string,
  answer: (response: ServerResponse) => void,
): Promise<ClusterEndpoint & { readonly received: string[] }> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push(body);
      answer(response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, region, received };
}

const json = (status: number, body: object) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
};
const failing = (status: number, name: string, message = "no") => json(status, { __type: name, message });
const answering = json(200, {
  RoutingControls: [{ RoutingControlArn: arn, RoutingControlState: "On" }],
});

async function failureOf(asked: Promise<unknown>): Promise<CommandError> {
  try {
    await asked;
  } catch (error) {
    return error as CommandError;
  }
  throw new Error("expected a refusal");
}

describe("the endpoints of routing controls", () => {
  it("are asked one after the other until one of five answers", async () => {
    const closed = { endpoint: "http://127.0.0.1:1/v1", region: "eu-west-1" };
    const five = [
      closed,
      await endpoint("us-east-1", failing(500, "InternalServerException")),
      await endpoint("ap-southeast-2", failing(503, "EndpointTemporarilyUnavailableException")),
      await endpoint("ap-northeast-1", failing(429, "ThrottlingException")),
      await endpoint("us-west-2", answering),
    ];

    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await clusterRoutingControls.states(access, five, "arn:panel")).toEqual(new Map([[arn, true]]));
    }
  });

  it("are left after seconds when they are silent", async () => {
    const silent = await endpoint("eu-west-1", () => undefined);
    const good = await endpoint("us-west-2", answering);

    expect(
      await inTurn(
        [silent, good],
        (each) => clusterRoutingControls.states(access, [each], "arn:panel"),
        () => 0,
      ),
    ).toEqual(new Map([[arn, true]]));
  }, 60_000);

  it("are set all or none, and override safety rules only if requested", async () => {
    const one = await endpoint("us-west-2", json(200, {}));

    await clusterRoutingControls.set(access, [one], new Map([[arn, "Off"]]), []);
    await clusterRoutingControls.set(access, [one], new Map([[arn, "On"]]), ["arn:rule"]);

    const entry = (RoutingControlState: string) => [{ RoutingControlArn: arn, RoutingControlState }];
    expect(one.received.map((body): unknown => JSON.parse(body))).toEqual([
      { UpdateRoutingControlStateEntries: entry("Off") },
      { UpdateRoutingControlStateEntries: entry("On"), SafetyRulesToOverride: ["arn:rule"] },
    ]);
  });

  it("say what each of them said when none answers", async () => {
    const two = [
      await endpoint("us-east-1", failing(503, "EndpointTemporarilyUnavailableException", "maintenance")),
      await endpoint("us-west-2", failing(500, "InternalServerException", "fault")),
    ];

    const { message, remedy } = await failureOf(clusterRoutingControls.states(access, two, "arn:panel"));

    expect(message.split("\n").sort()).toEqual([
      "  us-east-1: EndpointTemporarilyUnavailableException: maintenance",
      "  us-west-2: InternalServerException: fault",
      "No endpoint of the routing controls answers.",
    ]);
    expect(remedy).toBe(
      "AWS keeps at least three of the five available: check whether this machine reaches the internet, and run the command again, if necessary from another network.",
    );
    expect(two.map(({ received }) => received.length)).toEqual([2, 2]);
  });

  it("are believed at once when one refuses, as all would", async () => {
    const refusing = async (name: string) => {
      const five = await Promise.all(
        ["a", "b", "c", "d", "e"].map((region) => endpoint(region, failing(400, name, "because"))),
      );
      const error = await failureOf(clusterRoutingControls.set(access, five, new Map([[arn, "Off"]]), []));
      expect(five.flatMap(({ received }) => received)).toHaveLength(1);
      return error;
    };

    expect(await refusing("ConflictException")).toBeInstanceOf(RefusedByRule);
    expect((await refusing("ConflictException")).message).toBe("A safety rule refuses the change: because");
    expect((await refusing("AccessDeniedException")).message).toBe(
      "The credentials may not do this: because",
    );
    expect((await refusing("ResourceNotFoundException")).message).toBe(
      "The routing controls are not there: because",
    );
    expect((await refusing("ExpiredTokenException")).message).toBe(
      "The AWS credentials have expired. (ExpiredTokenException: because)",
    );
    expect((await refusing("ValidationException")).message).toBe(
      "The routing controls cannot be read: ValidationException: because",
    );
  });

  it("are asked in any order, each once in a round", () => {
    const five = [1, 2, 3, 4, 5];
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5 }), (chances) => {
        const rest = [...chances];
        expect(shuffled(five, () => rest.shift() ?? 0).sort()).toEqual(five);
      }),
    );
    expect(shuffled(five, () => 0)).toEqual(five);
    expect(shuffled(five, () => 0.999)).toEqual([5, 4, 3, 2, 1]);
  });
});
