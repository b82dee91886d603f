import { linkedRoles } from "../../../cli/preflight/linked-roles";
import { makeLinkedRoles } from "../../../cli/rollout/linked-roles";
import { linkedRoles as linkedRolesOfTheLocalCloud } from "../../../local-cloud/stand-ins/management/linked-roles";
import { linkedRoleServices } from "../../../modules/deploy-roles";
import { GatewayUnderTest } from "../../local-cloud/support/cloud";
import { type FakeContext, fakeContext } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { type FixtureStack, s3Stack } from "../support/fixture-stacks";

function stackWith(resource: Record<string, object>): FixtureStack {
  const stack = s3Stack("dev-eu");
  return { ...stack, configuration: { ...stack.configuration, resource } as FixtureStack["configuration"] };
}

const platform = stackWith({
  aws_ecs_cluster: { Main: {} },
  aws_lb: { Main: {} },
  aws_launch_template: { Node: { instance_market_options: { market_type: "spot" } }, Other: {} },
});

async function make(context: FakeContext): Promise<string> {
  const session = await fakeSession(context);
  await makeLinkedRoles(session, session.synthesis.stacks);
  return context.written.err;
}

describe("makeLinkedRoles", () => {
  it("makes the roles that the stacks need and the account lacks, and waits until it shows them", async () => {
    let seconds = 0;
    const context = fakeContext([platform], {
      sleep: () => {
        seconds += 1;
        if (seconds === 3) {
          context.aws.lackingRoles.clear();
        }
        return Promise.resolve();
      },
    });
    context.aws.lackingRoles.add("AWSServiceRoleForECS").add("AWSServiceRoleForEC2Spot");

    const said = await make(context);

    expect(context.aws.madeRoles).toEqual(["ecs.amazonaws.com", "spot.amazonaws.com"]);
    expect(seconds).toBe(13);
    expect(said).toContain(
      "The account now has AWSServiceRoleForECS, AWSServiceRoleForEC2Spot, for all its environments.",
    );
  });

  it("makes and says nothing where all are there", async () => {
    const context = fakeContext([platform]);

    expect(await make(context)).toBe("");
    expect(context.aws.madeRoles).toEqual([]);
  });

  it("leaves to the services what the credentials may not make, and says so", async () => {
    const context = fakeContext([platform]);
    context.aws.lackingRoles.add("AWSServiceRoleForECS");
    Object.assign(context.aws.linkedRoles, { make: () => Promise.reject(new Error("AccessDenied: no")) });

    expect(await make(context)).toContain(
      "These service-linked roles could not be looked for or made: AWSServiceRoleForECS (AccessDenied: no). If a service then says that its role is missing, allow the credentials iam:GetRole and iam:CreateServiceLinkedRole, and run the command again.",
    );
  });
});

describe("the service-linked roles that a deploy knows", () => {
  it("are those that the deploy role may make", () => {
    expect(linkedRoles.map(({ service }) => service).sort()).toEqual([...linkedRoleServices].sort());
  });

  it("have the same names in the local cloud", async () => {
    const cloud = await GatewayUnderTest.start({ text: "<CreateRoleResponse/>" }, [
      linkedRolesOfTheLocalCloud(),
    ]);
    for (const { service } of linkedRoles) {
      const { text } = await cloud.query("iam", {
        ...{ Action: "CreateServiceLinkedRole", Version: "2010-05-08", AWSServiceName: service },
      });
      expect(text).toBe("<CreateServiceLinkedRoleResponse/>");
    }
    cloud.stop();

    expect(cloud.received.map(({ body }) => new URLSearchParams(body).get("RoleName"))).toEqual(
      linkedRoles.map(({ name }) => name),
    );
  });

  it("refuses a second one of a service, as IAM does", async () => {
    const cloud = await GatewayUnderTest.start({ status: 409 }, [linkedRolesOfTheLocalCloud()]);
    const { status, text } = await cloud.query("iam", {
      ...{ Action: "CreateServiceLinkedRole", Version: "2010-05-08", AWSServiceName: "ecs.amazonaws.com" },
    });
    cloud.stop();

    expect(status).toBe(400);
    expect(text).toContain(
      "Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.",
    );
  });
});
