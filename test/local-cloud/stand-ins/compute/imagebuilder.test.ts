import { GatewayUnderTest } from "../../support/cloud";

let cloud: GatewayUnderTest;

beforeEach(async () => {
  cloud = await GatewayUnderTest.start({
    text: "<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>",
  });
});

afterEach(() => {
  cloud.stop();
});

async function call(method: string, path: string, input?: object) {
  const headers = { "content-type": "application/json" };
  const body = input === undefined ? "" : JSON.stringify(input);
  const { status, text } = await cloud.send("imagebuilder", method, path, headers, body);
  return { status, output: JSON.parse(text) as Record<string, unknown> };
}

/** A pipeline with a recipe of one component, and a distribution with a tag. */
async function pipeline() {
  const { output: component } = await call("PUT", "/CreateComponent", {
    name: "demo",
    semanticVersion: "1.2.3",
    platform: "Linux",
    data: "{}",
    tags: { a: "1" },
  });
  const { output: recipe } = await call("PUT", "/CreateImageRecipe", {
    name: "demo",
    semanticVersion: "1.2.3",
    parentImage: "ami-0",
    components: [{ componentArn: component.componentBuildVersionArn }],
  });
  const { output: distribution } = await call("PUT", "/CreateDistributionConfiguration", {
    name: "demo",
    distributions: [
      {
        region: "eu-west-1",
        amiDistributionConfiguration: { name: "demo", amiTags: { "meridian:holds": "slurm" } },
      },
    ],
  });
  const { output } = await call("PUT", "/CreateImagePipeline", {
    name: "demo",
    imageRecipeArn: recipe.imageRecipeArn,
    infrastructureConfigurationArn: "arn:infrastructure",
    distributionConfigurationArn: distribution.distributionConfigurationArn,
  });
  return { component: String(component.componentBuildVersionArn), arn: String(output.imagePipelineArn) };
}

describe("the stand-in of Image Builder", () => {
  it("keeps what a pipeline is made of, with its tags", async () => {
    const { component } = await pipeline();

    expect(component).toBe("arn:aws:imagebuilder:eu-west-1:123456789012:component/demo/1.2.3/1");
    const { output } = await call(
      "GET",
      `/GetComponent?componentBuildVersionArn=${encodeURIComponent(component)}`,
    );
    expect(output.component).toMatchObject({ name: "demo", version: "1.2.3", data: "{}", tags: { a: "1" } });
  });

  it("refuses a version that is there, and to delete what is used", async () => {
    const { component } = await pipeline();
    const again = { name: "demo", semanticVersion: "1.2.3", platform: "Linux" };

    expect(await call("PUT", "/CreateComponent", again)).toMatchObject({
      status: 400,
      output: { message: `The following resource '${component}' already exists.` },
    });
    const path = `/DeleteComponent?componentBuildVersionArn=${encodeURIComponent(component)}`;
    expect(await call("DELETE", path)).toMatchObject({ status: 400 });
  });

  it("builds an image at once, with the tags of the distribution", async () => {
    const { arn } = await pipeline();

    const { output } = await call("PUT", "/StartImagePipelineExecution", {
      imagePipelineArn: arn,
      tags: { b: "2" },
    });
    const { output: list } = await call("POST", "/ListImagePipelineImages", { imagePipelineArn: arn });

    expect(list.imageSummaryList).toEqual([
      expect.objectContaining({
        arn: output.imageBuildVersionArn,
        state: { status: "AVAILABLE" },
        tags: { b: "2" },
        outputResources: { amis: [expect.objectContaining({ image: "ami-1", region: "eu-west-1" })] },
      }),
    ]);
    const asked = new URLSearchParams(cloud.received.at(-1)?.body);
    expect(asked.get("TagSpecification.1.Tag.1.Key")).toBe("meridian:holds");
  });

  it("finds a pipeline by its name, and knows no other", async () => {
    const { arn } = await pipeline();
    const named = async (name: string): Promise<unknown> => {
      const { output } = await call("POST", "/ListImagePipelines", {
        filters: [{ name: "name", values: [name] }],
      });
      return output.imagePipelineList;
    };

    expect(await named("demo")).toEqual([expect.objectContaining({ arn })]);
    expect(await named("other")).toEqual([]);
    expect(await call("GET", "/GetImagePipeline?imagePipelineArn=arn:none")).toMatchObject({ status: 404 });
  });
});
