import { Network, type NetworkProps } from "../../../modules/network";
import { TerraformFolder } from "./terraform-folder";

const region = "eu-west-1";
const minutes = 60_000;

describe("An existing network", () => {
  let folder: TerraformFolder;

  const synthesize = (props: Pick<NetworkProps, "zones" | "natGateways">): void => {
    folder.synthesize((stack) => {
      new Network(stack, "Network", {
        name: "prod",
        region,
        ipv4CidrBlock: "10.0.0.0/16",
        interfaceEndpoints: ["private-fargate"],
        blockedIpv4CidrBlocks: ["203.0.113.0/24"],
        ...props,
      });
    });
  };

  beforeAll(async () => {
    folder = await TerraformFolder.create(region);
    synthesize({ zones: ["eu-west-1b", "eu-west-1c"], natGateways: "single" });
    await folder.terraform("init", "-input=false");
    await folder.terraform("apply", "-auto-approve", "-input=false");
  }, 10 * minutes);

  afterAll(async () => {
    await folder.remove();
  }, minutes);

  it(
    "has nothing to change when planned again",
    async () => {
      expect(await folder.plan()).toEqual([]);
    },
    4 * minutes,
  );

  it(
    "only gains resources when a zone is added, even one that sorts before the others",
    async () => {
      synthesize({ zones: ["eu-west-1b", "eu-west-1c", "eu-west-1a"], natGateways: "single" });

      const changes = await folder.plan("-refresh=false");

      const created = changes.filter(({ actions }) => actions.join() === "create");
      const others = changes.filter(({ actions }) => actions.join() !== "create");
      expect(created.length).toBeGreaterThan(0);
      expect(created.filter(({ address }) => !address.includes("eu-west-1a"))).toEqual([]);
      // Each interface endpoint takes the new zone's subnet in place.
      expect(others.map(({ actions }) => actions.join())).toEqual(Array(6).fill("update"));
      expect(
        others.filter(({ address }) => !address.startsWith("aws_vpc_endpoint.Network_Interface")),
      ).toEqual([]);
    },
    4 * minutes,
  );

  it(
    "replaces nothing when a single NAT gateway becomes one in each zone",
    async () => {
      synthesize({ zones: ["eu-west-1b", "eu-west-1c"], natGateways: "one-per-zone" });

      const changes = await folder.plan("-refresh=false");

      const summary = changes.map(({ address, actions }) => [address.split(".")[0], actions.join()]);
      expect(summary.sort()).toEqual([
        ["aws_eip", "create"],
        ["aws_nat_gateway", "create"],
        ["aws_route", "update"],
      ]);
    },
    4 * minutes,
  );

  it(
    "is deployed with the new zone and destroyed without a trace",
    async () => {
      synthesize({ zones: ["eu-west-1b", "eu-west-1c", "eu-west-1a"], natGateways: "single" });

      await folder.terraform("apply", "-auto-approve", "-input=false");
      expect(await folder.plan()).toEqual([]);
      await folder.terraform("destroy", "-auto-approve", "-input=false");

      expect((await folder.terraform("state", "list")).trim()).toBe("");
    },
    10 * minutes,
  );
});
