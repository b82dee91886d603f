import { Approval, type ApprovalOptions } from "../../../cli/gates/approval";
import { refusal } from "../../support/synth";
import { devEnvironment, fakeContext } from "../support/fake-context";

const prod = { ...devEnvironment, name: "prod", confirmation: "name" as const };

function approval(
  environment: typeof devEnvironment,
  options: ApprovalOptions,
  answers: string[],
  isInteractive = true,
): { approval: Approval; questions: string[] } {
  const context = fakeContext();
  context.answers.push(...answers);
  return {
    approval: new Approval({ ...context.terminal, isInteractive }, environment, options),
    questions: context.questions,
  };
}

describe("Approval", () => {
  it.each([
    ["yes", true],
    ["y", true],
    ["", false],
    ["no", false],
    ["dev", false],
  ])("takes the answer '%s' as %s", async (answer, agreed) => {
    const { approval: asked, questions } = approval(devEnvironment, {}, [answer]);

    expect(await asked.given("Apply?")).toBe(agreed);
    expect(questions).toEqual(["Apply? [yes/no] "]);
  });

  it("asks nothing with --auto-approve", async () => {
    const { approval: asked, questions } = approval(devEnvironment, { autoApprove: true }, [], false);

    expect(await asked.given("Apply?")).toBe(true);
    expect(questions).toEqual([]);
  });

  it("asks for the name of a guarded environment first, then for a yes", async () => {
    const { approval: asked, questions } = approval(prod, {}, ["prod", "yes"]);

    expect(await asked.given("Apply?")).toBe(true);
    expect(await asked.given("Apply?")).toBe(true);
    expect(questions).toEqual(["Apply? Type the environment's name to agree: ", "Apply? [yes/no] "]);
  });

  it("does not take a yes for the name", async () => {
    const { approval: asked } = approval(prod, { autoApprove: true }, ["yes"]);

    expect(await asked.given("Apply?")).toBe(false);
  });

  it("takes the name from --confirm", async () => {
    const { approval: asked } = approval(prod, { autoApprove: true, confirm: "prod" }, [], false);

    expect(await asked.given("Apply?")).toBe(true);
  });

  it("refuses a name that is not the environment's", () => {
    expect(refusal(() => approval(prod, { confirm: "dev" }, []))).toBe(
      "--confirm names 'dev', but the environment is 'prod'.",
    );
  });

  it("refuses to ask when nobody is there", () => {
    expect(refusal(() => approval(prod, { autoApprove: true }, [], false))).toBe(
      "Nobody is here to approve the changes to 'prod'.",
    );
    expect(refusal(() => approval(devEnvironment, {}, [], false))).toBe(
      "Nobody is here to approve the changes to 'dev'.",
    );
  });
});
