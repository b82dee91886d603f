import { HpcCluster } from "../../../modules/hpc-cluster";
import { emptyStack, resourceAt } from "../../support/synth";
import { slurmFile } from "./files";

function balancerOf(pool: string, file = slurmFile) {
  const stack = emptyStack();
  const rest = `LoginNodes:\n  Pools:\n    - {Name: login, InstanceType: c5.large, Count: 1, Ssh: {AllowedIps: 192.0.2.0/24}${pool}}`;
  const props = { name: "demo", account: "111122223333", region: "eu-west-1" };
  new HpcCluster(stack, "Cluster", { ...props, configurationFile: file({ rest }) });
  return { stack, balancer: resourceAt(stack, "aws_lb") };
}

/** Without subnets, so that the module makes a network. */
const withoutSubnets: typeof slurmFile = (lines) =>
  slurmFile(lines)
    .replace("  Networking:\n    SubnetId: subnet-11111111111111111\n", "")
    .replace("      Networking:\n        SubnetIds: [subnet-22222222222222222]\n", "");

const open = ", Meridian: {InternetFacing: true}";
const subnets = ", Networking: {SubnetIds: [subnet-11111111111111111]}";

describe("the balancer of login nodes", () => {
  it("stays inside the network by default", () => {
    expect(balancerOf("", withoutSubnets).balancer).toMatchObject({
      internal: true,
      subnets: [expect.stringMatching(/Private/)],
    });
    expect(balancerOf(subnets).balancer.internal).toBe(true);
  });

  it("faces the internet from a public subnet where the pool says so", () => {
    const { stack, balancer } = balancerOf(open, withoutSubnets);

    expect(balancer).toMatchObject({ internal: false, subnets: [expect.stringMatching(/Public/)] });
    expect(resourceAt(stack, "aws_autoscaling_group").vpc_zone_identifier).toEqual([
      expect.stringMatching(/Private/),
    ]);
    expect(balancerOf(open + subnets).balancer).toMatchObject({
      internal: false,
      subnets: ["subnet-11111111111111111"],
    });
  });

  it("admits only the addresses of the pool's AllowedIps", () => {
    const { stack } = balancerOf(open, withoutSubnets);

    expect(
      resourceAt(
        stack,
        "aws_vpc_security_group_ingress_rule",
        "Cluster/Security/LoginFromSsh-login/Resource",
      ),
    ).toMatchObject({ cidr_ipv4: "192.0.2.0/24", from_port: 22, to_port: 22 });
  });
});
