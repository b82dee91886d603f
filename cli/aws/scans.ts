import type { AwsAccess } from "./access";
import { clientSettings } from "./client";
import type { Image } from "./images";
import { CommandError, messageOf } from "../base/errors";

/** What ECR, or Inspector for it, knows of what is wrong with an image. */
export interface ImageScan {
  /** The digest that was scanned: the image's, or one of the images that it holds for several platforms. */
  readonly digest: string;
  /** How far the scan is, in the words of ECR; `NOT_SCANNED` where there was none. */
  readonly status: string;
  /**
   * What ECR says of the status.
   *
   * @default - nothing
   */
  readonly description?: string;
  /** Numbers of findings by severity. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The scans of an account's registries. */
export interface ImageScans {
  /** The scans of an image that is in its registry: one, or one for each platform. */
  of(access: AwsAccess, image: Image): Promise<ImageScan[]>;
}

const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** The SDK's answers, loaded on first use. */
export const ecrScans: ImageScans = {
  async of(access, image) {
    const { BatchGetImageCommand, DescribeImageScanFindingsCommand, ECRClient } =
      await import("@aws-sdk/client-ecr");
    const client = new ECRClient(clientSettings(access, image.region));
    const place = { registryId: image.account, repositoryName: image.repository };
    const scanOf = async (digest: string): Promise<ImageScan> => {
      try {
        const { imageScanStatus = {}, imageScanFindings } = await client.send(
          // The counts are of all findings, however few are asked for.
          new DescribeImageScanFindingsCommand({ ...place, imageId: { imageDigest: digest }, maxResults: 1 }),
        );
        const { status = "NOT_SCANNED", description } = imageScanStatus;
        return { digest, status, description, counts: imageScanFindings?.findingSeverityCounts ?? {} };
      } catch (error) {
        if (error instanceof Error && error.name === "ScanNotFoundException") {
          return { digest, status: "NOT_SCANNED", counts: {} };
        }
        throw error;
      }
    };
    try {
      const { images: [found] = [], failures: [failure] = [] } = await client.send(
        new BatchGetImageCommand({
          ...place,
          imageIds: [
            image.version.startsWith("sha256:")
              ? { imageDigest: image.version }
              : { imageTag: image.version },
          ],
          acceptedMediaTypes: [...indexTypes, ...manifestTypes],
        }),
      );
      if (found?.imageId?.imageDigest === undefined || found.imageManifest === undefined) {
        throw new Error(failure?.failureReason ?? "ECR did not give the image's manifest");
      }
      return await Promise.all(scannedDigests(found.imageId.imageDigest, found.imageManifest).map(scanOf));
    } catch (error) {
      throw new CommandError(
        `What ECR found in ${image.repository} in ${image.region} cannot be read: ${messageOf(error)}`,
        "Allow the credentials ecr:BatchGetImage and ecr:DescribeImageScanFindings.",
      );
    }
  },
};

/** ECR scans images. One for several platforms is a list of them, beside attestations of no platform. */
export function scannedDigests(digest: string, manifest: string): string[] {
  const { manifests } = JSON.parse(manifest) as {
    readonly manifests?: readonly { readonly digest: string; readonly platform?: { readonly os?: string } }[];
  };
  const held = (manifests ?? []).filter(({ platform }) => platform?.os !== "unknown");
  return held.length === 0 ? [digest] : held.map((each) => each.digest);
}
