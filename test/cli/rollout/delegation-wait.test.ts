import { ParentUnreachable, type ParentAnswer } from "../../../cli/probes/delegation";
import type { CommandError } from "../../../cli/base/errors";
import { awaitDelegation } from "../../../cli/rollout/delegation-wait";
import { StateHome } from "../../../cli/state/state-home";
import { type FakeContext, fakeContext, stateWith } from "../support/fake-context";
import { fakeSession } from "../support/fake-session";
import { type FixtureStack, s3Stack } from "../support/fixture-stacks";

const nameServers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"];
const dsRecord = `12345 13 2 ${"AB".repeat(32)}`;
const nothing: ParentAnswer = { nameServers: [], dsRecords: [] };
const delegated: ParentAnswer = { nameServers, dsRecords: [dsRecord] };

function withResources(stack: FixtureStack, resource: Record<string, object>): FixtureStack {
  return { ...stack, configuration: { ...stack.configuration, resource } as FixtureStack["configuration"] };
}

const platform = [
  withResources(s3Stack("dev-foundation", {}, ["domain_name"]), { aws_route53_zone: { Zone: {} } }),
  withResources(s3Stack("dev-eu", { "dev-foundation": ["domain_name"] }), {
    aws_acm_certificate_validation: { Certificate: {} },
  }),
  s3Stack("dev-us", { "dev-foundation": ["domain_name"] }),
];

function contextWith(
  answers: (ParentAnswer | Error)[],
  { stacks = platform, isInteractive = false } = {},
): FakeContext {
  const context = fakeContext(stacks);
  Object.assign(context.terminal, { isInteractive });
  context.aws.parentAnswers.push(...answers);
  context.aws.states.set(
    "dev-foundation.tfstate",
    stateWith(1, { domain_name: "example.com", name_servers: nameServers, ds_record: dsRecord }),
  );
  return context;
}

async function pass(context: FakeContext, names: readonly string[] = ["dev-eu", "dev-us"]): Promise<void> {
  const session = await fakeSession(context);
  const next = session.synthesis.stacks.filter(({ name }) => names.includes(name));
  await awaitDelegation(session, await StateHome.find(session), next);
}

async function refusal(context: FakeContext): Promise<CommandError> {
  try {
    await pass(context);
  } catch (error) {
    return error as CommandError;
  }
  throw new Error("expected a refusal");
}

describe("awaitDelegation", () => {
  it("stops a deploy that nobody watches before its certificates wait, with what to do at the registrar", async () => {
    const { message, remedy } = await refusal(contextWith([nothing]));

    expect(message).toBe(
      "example.com is not delegated to its zone, so the certificates of dev-eu cannot be validated.",
    );
    expect(remedy).toBe(
      [
        "The zone above example.com lists no name servers for it. Have the name servers of example.com be exactly these:",
        "  ns-1.awsdns-01.org",
        "  ns-2.awsdns-02.com",
        "",
        "Once they answer, add this DS record, so that its signatures are checked:",
        `  ${dsRecord}`,
        "",
        "Then run the same command again: it continues from here.",
      ].join("\n"),
    );
  });

  it("continues as soon as the delegation is found, if somebody is there", async () => {
    const context = contextWith([nothing, nothing, { ...delegated, dsRecords: [] }], { isInteractive: true });

    await pass(context);

    expect(context.aws.parentAnswers).toHaveLength(1);
    expect(context.written.err).toContain("  ns-1.awsdns-01.org\n");
    expect(context.written.err).toContain("example.com is delegated to its zone.");
    // What is left to do once it answers.
    expect(context.written.err).toMatch(/add this DS record[^]*12345 13 2 [^]*is delegated to its zone/);
  });

  it("ends its wait on Ctrl-C", async () => {
    const context = contextWith([nothing], { isInteractive: true });
    Object.assign(context, {
      sleep: () => {
        Object.defineProperty(context.interrupts, "requested", { value: true });
        return Promise.resolve();
      },
    });

    await expect(pass(context)).resolves.toBeUndefined();
  });

  it("asks nothing where certificates are issued already, or none is waited for", async () => {
    const context = contextWith([new Error("asked")]);
    context.aws.states.set("dev-eu.tfstate", {
      ...stateWith(1),
      resources: [
        { mode: "managed", type: "aws_acm_certificate_validation", name: "Certificate", instances: [{}] },
      ],
    });

    await expect(pass(context)).resolves.toBeUndefined();
    await expect(pass(contextWith([new Error("asked")]), ["dev-us"])).resolves.toBeUndefined();
  });

  it("continues with a warning where no name server can be reached", async () => {
    const context = contextWith([new ParentUnreachable("example.com", [])]);

    await pass(context);

    expect(context.written.err).toContain(
      "Whether example.com is delegated to its zone could not be checked: no name server of the zone above example.com answers.",
    );
  });

  it("refuses a DS record of another key in the zone above a zone of its own", async () => {
    const { remedy } = await refusal(contextWith([{ nameServers, dsRecords: ["1 8 2 FF"] }]));

    expect(remedy).toContain(
      "The DS record that the zone above has for example.com does not match its zone's key",
    );
  });

  it("takes the DS record of somebody else's zone for right", async () => {
    const stacks = [s3Stack("dev-foundation", {}, ["domain_name"]), ...platform.slice(1)];
    const context = contextWith([{ nameServers, dsRecords: ["1 8 2 FF"] }], { stacks });
    context.aws.states.set(
      "dev-foundation.tfstate",
      stateWith(1, { domain_name: "example.com", name_servers: nameServers }),
    );

    await expect(pass(context)).resolves.toBeUndefined();
  });
});
