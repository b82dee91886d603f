import { randomUUID } from "node:crypto";
import type { Image, ImageSummary } from "@aws-sdk/client-imagebuilder";

import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** One run of a pipeline. */
export interface ImageBuild {
  readonly arn: string;
  /** Image Builder's word, such as `BUILDING`, `TESTING` or `AVAILABLE`. */
  readonly status: string;
  /** Why it failed, in Image Builder's words. */
  readonly reason: string | undefined;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  /** The image that came of it. */
  readonly imageId: string | undefined;
}

/** An image that passed its test. */
export interface ReadyImage {
  readonly id: string;
  /** Unix time in milliseconds. */
  readonly madeAt: number;
  /** What is installed in it, as its tag says. */
  readonly holds: string;
}

/** Ready images of clusters, and the pipelines that build them. */
export interface ImageBuilder {
  /** The ARN of a cluster's pipeline; nothing where it has none. */
  pipeline(access: AwsAccess, region: string, cluster: string): Promise<string | undefined>;
  /** Starts a build, whose image resource gets the tag that old ones are deleted by, and returns its ARN. */
  start(access: AwsAccess, region: string, pipeline: string, cluster: string): Promise<string>;
  /** What has become of a build. */
  build(access: AwsAccess, region: string, arn: string): Promise<ImageBuild>;
  /** The builds of a pipeline that Image Builder still knows, the newest first. */
  builds(access: AwsAccess, region: string, pipeline: string): Promise<ImageBuild[]>;
  /** The images of a cluster that passed their test, the newest first. */
  images(access: AwsAccess, region: string, cluster: string): Promise<ReadyImage[]>;
}

/** As modules/hpc-cluster names it. */
const imageTag = "meridian:image-of";

/** AWS's answers, loaded on first use. */
export const awsImageBuilder: ImageBuilder = {
  async pipeline(access, region, cluster) {
    const { ListImagePipelinesCommand } = await import("@aws-sdk/client-imagebuilder");
    const filters = [{ name: "name", values: [cluster] }];
    const { imagePipelineList = [] } = await asked("imagebuilder:ListImagePipelines", async () =>
      (await builderClient(access, region)).send(new ListImagePipelinesCommand({ filters })),
    );
    return imagePipelineList[0]?.arn;
  },

  async start(access, region, imagePipelineArn, cluster) {
    const { StartImagePipelineExecutionCommand } = await import("@aws-sdk/client-imagebuilder");
    const command = new StartImagePipelineExecutionCommand({
      imagePipelineArn,
      clientToken: randomUUID(),
      tags: { [imageTag]: cluster },
    });
    const { imageBuildVersionArn = "" } = await asked("imagebuilder:StartImagePipelineExecution", async () =>
      (await builderClient(access, region)).send(command),
    );
    return imageBuildVersionArn;
  },

  async build(access, region, arn) {
    const { GetImageCommand } = await import("@aws-sdk/client-imagebuilder");
    const { image = {} } = await asked("imagebuilder:GetImage", async () =>
      (await builderClient(access, region)).send(new GetImageCommand({ imageBuildVersionArn: arn })),
    );
    return buildOf(image);
  },

  async builds(access, region, imagePipelineArn) {
    const { paginateListImagePipelineImages } = await import("@aws-sdk/client-imagebuilder");
    const found: ImageBuild[] = [];
    await asked("imagebuilder:ListImagePipelineImages", async () => {
      const client = await builderClient(access, region);
      for await (const page of paginateListImagePipelineImages({ client }, { imagePipelineArn })) {
        found.push(...(page.imageSummaryList ?? []).map(buildOf));
      }
    });
    return found.sort((one, other) => other.startedAt - one.startedAt);
  },

  async images(access, region, cluster) {
    const { DescribeImagesCommand, EC2Client } = await import("@aws-sdk/client-ec2");
    const client = new EC2Client(clientSettings(access, region));
    const filter = { Name: `tag:${imageTag}`, Values: [cluster] };
    const { Images = [] } = await asked("ec2:DescribeImages", () =>
      client.send(new DescribeImagesCommand({ Owners: ["self"], Filters: [filter] })),
    );
    return Images.map(({ ImageId = "", CreationDate = "", Tags = [] }) => ({
      id: ImageId,
      madeAt: Date.parse(CreationDate),
      holds: Tags.find(({ Key }) => Key === "meridian:holds")?.Value ?? "",
    })).sort((one, other) => other.madeAt - one.madeAt);
  },
};

function buildOf({ arn = "", state, dateCreated = "", outputResources }: Image | ImageSummary): ImageBuild {
  return {
    arn,
    status: state?.status ?? "PENDING",
    reason: state?.reason,
    startedAt: Date.parse(dateCreated),
    imageId: outputResources?.amis?.[0]?.image,
  };
}

async function builderClient(access: AwsAccess, region: string) {
  const { ImagebuilderClient } = await import("@aws-sdk/client-imagebuilder");
  return new ImagebuilderClient(clientSettings(access, region));
}

async function asked<T>(action: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new CommandError(
      `EC2 Image Builder did not answer: ${messageOf(error)}`,
      `Allow the credentials ${action}.`,
    );
  }
}
