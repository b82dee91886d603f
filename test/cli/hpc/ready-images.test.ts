import { hpcCommand } from "../../../cli/commands/hpc";
import type { Context } from "../../../cli/session/context";
import { CommandError } from "../../../cli/base/errors";
import type { ImageBuild } from "../../../cli/aws/image-builder";
import { devEnvironment, FakeAws, fakeContext } from "../support/fake-context";

const noon = Date.parse("2026-11-20T12:00:00Z");
const arn = "arn:aws:imagebuilder:eu-west-1:111122223333:image/dev-cfd/1.2.3/4";

const build = (status: string, more: Partial<ImageBuild> = {}): ImageBuild => ({
  arn,
  status,
  reason: undefined,
  startedAt: noon - 40 * 60_000,
  imageId: undefined,
  ...more,
});

function cloud(...builds: readonly ImageBuild[]): FakeAws {
  const aws = new FakeAws();
  aws.imageBuilds = [...builds];
  aws.readyImages.set("dev-cfd", [
    { id: "ami-2", madeAt: noon - 3_600_000, holds: "slurm-24.05.8 efa-1.51.0 agent lustre" },
    { id: "ami-1", madeAt: noon - 86_400_000, holds: "slurm-24.05.8 openmpi agent" },
  ]);
  const facts = {
    state: "running",
    type: "c5.large",
    launchedAt: noon / 1000 - 600,
    stateReason: undefined,
    tags: { "meridian:cluster": "dev-cfd" },
  };
  aws.machinesOfClusters = [
    { ...facts, id: "i-01", image: "ami-1" },
    { ...facts, id: "i-02", image: "ami-2" },
    { ...facts, id: "i-03", image: "ami-2" },
    { ...facts, id: "i-04", image: "ami-2", state: "terminated" },
  ];
  return aws;
}

async function image(aws: FakeAws, args: readonly string[], overrides: Partial<Context> = {}) {
  const environment = { ...devEnvironment, hpc: { clusters: { cfd: { file: "cfd.yaml" } } } };
  const environments = () => Promise.resolve([environment]);
  const context = fakeContext([], { environments, aws, ...overrides });
  const command = hpcCommand(
    context,
    () => undefined,
    () => ({
      items: () => Promise.resolve([]),
      request: () => Promise.resolve(),
      diagnose: () => Promise.resolve(),
    }),
  );
  const failure = await command.parseAsync(["image", "dev", "cfd", ...args], { from: "user" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { ...context.written, failure };
}

describe("meridian hpc image build", () => {
  it("starts the pipeline, reports each stage once and says which image resulted", async () => {
    const aws = cloud(
      build("BUILDING"),
      build("BUILDING"),
      build("TESTING"),
      build("AVAILABLE", { imageId: "ami-3" }),
    );

    const { out, err, failure } = await image(aws, ["build"]);

    expect(failure).toBeUndefined();
    expect(aws.startedBuilds).toEqual(["arn:pipeline/dev-cfd for dev-cfd"]);
    expect(err).toBe(
      `An image of dev-cfd is being built: ${arn}\n` +
        "dev-cfd: Image Builder installs\n" +
        "dev-cfd: Image Builder tries the image on another machine\n",
    );
    expect(out).toBe(
      "ami-3 of dev-cfd is ready, after 40 min. `meridian deploy dev` has new nodes boot from it.\n",
    );
  });

  it("joins the build that runs instead of starting another", async () => {
    const aws = cloud(build("BUILDING"), build("AVAILABLE", { imageId: "ami-3" }));
    aws.startedBuilds.push("by somebody");

    const { err, out } = await image(aws, ["build"]);

    expect(aws.startedBuilds).toEqual(["by somebody"]);
    expect(err).toContain(`An image of dev-cfd is being built already: ${arn}\n`);
    expect(out).toContain("ami-3 of dev-cfd is ready");
  });

  it("leaves the build to itself where nobody wants to wait", async () => {
    const { out, err, failure } = await image(cloud(build("BUILDING")), ["build", "--no-wait"]);

    expect({ out, failure }).toEqual({ out: "", failure: undefined });
    expect(err).toBe(`An image of dev-cfd is being built: ${arn}\n`);
  });

  it("fails with the reason and the end of the log of a build that failed", async () => {
    const aws = cloud(build("FAILED", { reason: "SSM execution failed with status = 'Failed'" }));
    aws.logEvents.set("/aws/imagebuilder/dev-cfd", [
      { at: noon - 60_000, stream: "1.2.2/1", message: "another build" },
      { at: noon - 60_000, stream: "1.2.3/4", message: "FAILED: Libfabric: fi_info: command not found\n" },
    ]);

    const { failure } = await image(aws, ["build"]);

    expect(failure).toEqual(
      new CommandError(
        "The image of dev-cfd was not built: SSM execution failed with status = 'Failed'. Its log ends with:\n" +
          "  FAILED: Libfabric: fi_info: command not found",
        "Correct what failed and build again. Clusters keep the images that they have.",
      ),
    );
  });

  it("refuses a cluster without a pipeline, and says how it gets one", async () => {
    const aws = cloud();
    aws.readyImages.clear();

    const { failure } = await image(aws, ["build"]);

    expect(failure).toEqual(
      new CommandError(
        "The cluster 'dev-cfd' has no pipeline that builds images.",
        "Write `Meridian: { ReadyImage: { Enabled: true } }` into its file and `meridian deploy dev`.",
      ),
    );
  });
});

describe("meridian hpc image list", () => {
  it("says of each image when it was made, how many machines run it and what it holds", async () => {
    const { out } = await image(cloud(), ["list"]);

    expect(out).toBe(
      "ami-2  2026-11-20T11:00Z  on 2 machines  slurm-24.05.8 efa-1.51.0 agent lustre\n" +
        "ami-1  2026-11-19T12:00Z  on 1 machine  slurm-24.05.8 openmpi agent\n",
    );
  });

  it("says how to make one where there is none", async () => {
    const aws = cloud();
    aws.readyImages.clear();

    expect((await image(aws, ["list"])).out).toBe(
      "dev-cfd has no ready image. `meridian hpc image dev cfd build` builds one.\n",
    );
  });
});

describe("meridian hpc image status", () => {
  it("says how the last build ended and how many machines run the newest image", async () => {
    const aws = cloud(build("FAILED", { reason: "no capacity" }));
    aws.startedBuilds.push("before");

    expect((await image(aws, ["status"])).out).toBe(
      "The last build began 2026-11-20T11:20Z and ended as FAILED: no capacity.\n" +
        "The newest image is ami-2 of 2026-11-20T11:00Z; 2 of 3 machines run it.\n",
    );
  });

  it("says so where nothing was built", async () => {
    const aws = cloud();
    aws.readyImages.set("dev-cfd", []);

    expect((await image(aws, ["status"])).out).toBe(
      "No image of dev-cfd was built yet. `meridian hpc image dev cfd build` builds one.\n" +
        "Nodes boot from the image that ready images are made from, and install everything themselves.\n",
    );
  });
});
