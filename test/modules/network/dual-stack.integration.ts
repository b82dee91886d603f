import { Network, type NetworkProps } from "../../../modules/network";
import { TerraformFolder } from "./terraform-folder";

const region = "eu-west-1";
const minutes = 60_000;

describe("An existing network that becomes dual-stack", () => {
  let folder: TerraformFolder;

  const synthesize = (props: Pick<NetworkProps, "zones" | "dualStack" | "blockedIpv6CidrBlocks">): void => {
    folder.synthesize((stack) => {
      new Network(stack, "Network", {
        name: "prod",
        region,
        ipv4CidrBlock: "10.0.0.0/16",
        blockedIpv4CidrBlocks: ["203.0.113.0/24"],
        flowLogs: "none",
        ...props,
      });
    });
  };
  const dualStack = { dualStack: true, blockedIpv6CidrBlocks: ["2001:db8:bad::/48"] };

  beforeAll(async () => {
    folder = await TerraformFolder.create(region);
    synthesize({ zones: ["eu-west-1b"] });
    await folder.terraform("init", "-input=false");
    await folder.terraform("apply", "-auto-approve", "-input=false");
  }, 10 * minutes);

  afterAll(async () => {
    await folder.remove();
  }, minutes);

  it(
    "gains addresses in place and loses nothing",
    async () => {
      synthesize({ zones: ["eu-west-1b"], ...dualStack });

      const changes = await folder.plan();

      const kinds = changes.map(({ address, actions }) => `${actions.join()} ${address.split(".")[0] ?? ""}`);
      expect([...new Set(kinds)].sort()).toEqual([
        "create aws_egress_only_internet_gateway",
        "create aws_network_acl_rule",
        "create aws_route",
        "update aws_subnet",
        "update aws_vpc",
      ]);
      await folder.terraform("apply", "-auto-approve", "-input=false");
      expect(await folder.plan()).toEqual([]);
    },
    6 * minutes,
  );

  it(
    "keeps every block when a zone is added that sorts before the others",
    async () => {
      synthesize({ zones: ["eu-west-1b", "eu-west-1a"], ...dualStack });

      const changes = await folder.plan("-refresh=false");

      expect(changes.length).toBeGreaterThan(0);
      expect(changes.filter(({ actions }) => actions.join() !== "create")).toEqual([]);
      expect(changes.filter(({ address }) => !address.includes("eu-west-1a"))).toEqual([]);
    },
    4 * minutes,
  );

  it(
    "is deployed with the new zone and destroyed without a trace",
    async () => {
      synthesize({ zones: ["eu-west-1b", "eu-west-1a"], ...dualStack });

      await folder.terraform("apply", "-auto-approve", "-input=false");
      expect(await folder.plan()).toEqual([]);
      await folder.terraform("destroy", "-auto-approve", "-input=false");

      expect((await folder.terraform("state", "list")).trim()).toBe("");
    },
    10 * minutes,
  );
});
