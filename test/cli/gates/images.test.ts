import { ecrImages } from "../../../cli/aws/images";
import { deleteReplicas, imagesOf, requireImages } from "../../../cli/gates/images";
import type { Configuration, Stack } from "../../../cli/stacks/manifest";
import type { Session } from "../../../cli/session/session";
import { FakeAws } from "../support/fake-context";

const account = "111122223333";
const registry = (region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`;

function stackWith(name: string, region: string, ...images: readonly string[]): Stack {
  const configuration: Configuration = {
    provider: { aws: [{ alias: "us-east-1", region: "us-east-1" }, { region }] },
    resource: {
      aws_ecs_task_definition: {
        Web: { container_definitions: JSON.stringify(images.map((image) => ({ image }))) },
      },
      aws_ecr_repository_creation_template: {
        Replica: { prefix: "ROOT", applied_for: ["REPLICATION"] },
        Cache: { prefix: "quay", applied_for: ["PULL_THROUGH_CACHE"] },
      },
    },
  };
  return { name, directory: "", dependencies: [], configuration, backend: undefined, digest: "" };
}

function sessionWith(aws: FakeAws): Session {
  const environment = { name: "dev", account, homeRegion: "eu-west-1" };
  return { context: { aws }, environment, access: { variables: {} } } as unknown as Session;
}

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing was refused",
    (error: unknown) => error,
  );
}

describe("the images of a stack", () => {
  it("are those of the account's registries, by tag or digest, each once", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const { configuration } = stackWith(
      "dev-eu-west-1",
      "eu-west-1",
      `${registry("eu-west-1")}/team/web:1.0.0`,
      `${registry("eu-west-1")}/team/web:1.0.0`,
      `${registry("eu-west-1")}/api@${digest}`,
      "999999999999.dkr.ecr.eu-west-1.amazonaws.com/other:1",
      "public.ecr.aws/nginx/nginx:1.29.1",
    );

    expect(imagesOf(configuration, account)).toEqual([
      { region: "eu-west-1", account, repository: "team/web", version: "1.0.0" },
      { region: "eu-west-1", account, repository: "api", version: digest },
    ]);
  });
});

describe("a deploy", () => {
  const stacks = ["eu-west-1", "eu-central-1"].map((region) =>
    stackWith(`dev-${region}`, region, `${registry(region)}/web:1.0.0`, `${registry(region)}/api:2.0.0`),
  );

  it("continues when all images have arrived", async () => {
    await expect(requireImages(sessionWith(new FakeAws()), stacks, false)).resolves.toBeUndefined();
  });

  it("refuses to start what has not arrived in its region, and names all of it", async () => {
    const aws = new FakeAws();
    aws.absentImages.add("eu-central-1/web:1.0.0").add("eu-central-1/api:2.0.0");

    expect(await refusalOf(requireImages(sessionWith(aws), stacks, false))).toMatchObject({
      message: [
        "2 images have not arrived where they are to run. Nothing was changed there.",
        `  dev-eu-central-1: ${registry("eu-central-1")}/web:1.0.0`,
        `  dev-eu-central-1: ${registry("eu-central-1")}/api:2.0.0`,
      ].join("\n"),
      remedy:
        "Push them to eu-west-1, wait until `aws ecr describe-image-replication-status` says COMPLETE, and run the command again.",
    });
  });

  it("pushes empty images to the home region of the local cloud, from where they are copied", async () => {
    const aws = new FakeAws();
    aws.absentImages.add("eu-west-1/web:1.0.0").add("eu-central-1/web:1.0.0");
    const pushed = jest.spyOn(aws.images, "pushEmpty");

    await requireImages(sessionWith(aws), stacks, true);

    expect(pushed.mock.calls.map(([, image]) => image)).toEqual([
      { region: "eu-west-1", account, repository: "web", version: "1.0.0" },
    ]);
  });
});

describe("a destroy", () => {
  const frankfurt = stackWith("dev-eu-central-1", "eu-central-1");
  const foundation = (...rules: readonly object[]): Stack => ({
    ...frankfurt,
    name: "dev-foundation",
    configuration: {
      provider: { aws: [{ region: "eu-west-1" }] },
      resource: {
        aws_ecr_repository: { Web: { name: "web" }, Pay: { name: "team/pay" }, Own: { name: "own" } },
        aws_ecr_replication_configuration: { Replication: { replication_configuration: { rule: rules } } },
      },
    },
  });
  const to = (...regions: string[]) => regions.map((region) => ({ region, registry_id: account }));
  const filtered = (...filters: string[]) =>
    filters.map((filter) => ({ filter, filter_type: "PREFIX_MATCH" }));
  const deletedBy = async (...stacks: readonly Stack[]): Promise<readonly string[]> => {
    const aws = new FakeAws();
    const session = { ...sessionWith(aws), synthesis: { stacks } } as unknown as Session;

    await deleteReplicas(session, stacks);
    return aws.deletedRepositories;
  };

  it("deletes the copies that replication has made in the regions of the destroyed stacks", async () => {
    const rule = { destination: to("eu-central-1"), repository_filter: filtered("web", "team/") };

    expect(await deletedBy(frankfurt, foundation(rule))).toEqual([
      "eu-central-1/web",
      "eu-central-1/team/pay",
    ]);
  });

  it("takes a rule without filters for all repositories, and leaves regions alone that it does not copy to", async () => {
    expect(await deletedBy(frankfurt, foundation({ destination: to("eu-central-1") }))).toHaveLength(3);
    expect(await deletedBy(frankfurt, foundation({ destination: to("us-east-1") }))).toEqual([]);
    expect(await deletedBy(frankfurt, foundation())).toEqual([]);
  });
});

describe("the SDK's answers", () => {
  it("say which right is missing when images cannot be read", async () => {
    const access = { variables: {}, endpoint: "http://127.0.0.1:1" };
    const image = { region: "eu-west-1", account, repository: "web", version: "1" };

    expect(await refusalOf(ecrImages.isPresent(access, image))).toMatchObject({
      message: expect.stringMatching(/^The images of web in eu-west-1 cannot be read: /) as string,
      remedy: "Allow the credentials ecr:DescribeImages.",
    });
  });
});
