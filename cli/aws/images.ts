import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import { CommandError, messageOf } from "../base/errors";

/** An image of the account's own registry in one region. */
export interface Image {
  readonly region: string;
  readonly account: string;
  readonly repository: string;
  /** Its tag, or its digest. */
  readonly version: string;
}

/** The registries of an account. */
export interface Images {
  /** Whether the image is in its registry. */
  isPresent(access: AwsAccess, image: Image): Promise<boolean>;
  /** Pushes an image without content under that name: there is nothing on the local cloud that would run it. */
  pushEmpty(access: AwsAccess, image: Image): Promise<void>;
  /** Deletes a repository with all that is in it; one that is not there is as good as deleted. */
  deleteRepository(access: AwsAccess, region: string, repository: string): Promise<void>;
}

/** What an image must have at least: a configuration, and no layers. */
const emptyManifest = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  config: {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    size: 2,
  },
  layers: [],
};

/** The SDK's answers, loaded on first use. */
export const ecrImages: Images = {
  async isPresent(access, image) {
    const { DescribeImagesCommand } = await import("@aws-sdk/client-ecr");
    const client = await ecrClient(access, image.region);
    const imageId = image.version.startsWith("sha256:")
      ? { imageDigest: image.version }
      : { imageTag: image.version };
    try {
      await client.send(
        new DescribeImagesCommand({
          registryId: image.account,
          repositoryName: image.repository,
          imageIds: [imageId],
        }),
      );
      return true;
    } catch (error) {
      if (isNamed(error, "ImageNotFoundException", "RepositoryNotFoundException")) {
        return false;
      }
      throw new CommandError(
        `The images of ${image.repository} in ${image.region} cannot be read: ${messageOf(error)}`,
        "Allow the credentials ecr:DescribeImages.",
      );
    }
  },

  async pushEmpty(access, { region, account, repository, version }) {
    const { PutImageCommand } = await import("@aws-sdk/client-ecr");
    const client = await ecrClient(access, region);
    await client.send(
      new PutImageCommand({
        registryId: account,
        repositoryName: repository,
        imageManifest: JSON.stringify(emptyManifest),
        imageManifestMediaType: emptyManifest.mediaType,
        imageTag: version,
      }),
    );
  },

  async deleteRepository(access, region, repository) {
    const { DeleteRepositoryCommand } = await import("@aws-sdk/client-ecr");
    const client = await ecrClient(access, region);
    try {
      await client.send(new DeleteRepositoryCommand({ repositoryName: repository, force: true }));
    } catch (error) {
      if (!isNamed(error, "RepositoryNotFoundException")) {
        throw error;
      }
    }
  },
};

async function ecrClient(access: AwsAccess, region: string) {
  const { ECRClient } = await import("@aws-sdk/client-ecr");
  return new ECRClient(clientSettings(access, region));
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
