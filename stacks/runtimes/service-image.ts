import type { ServiceImage } from "../../environments";
import { ImageRepository } from "../../modules/container-registry";
import type { IImageRepository } from "../../core";

/** An image of the environment's own repository. */
export interface OwnImage {
  /** The repository; every region pulls from its own copy. */
  readonly repository: IImageRepository;
  /** Its tag or digest. */
  readonly version: string;
}

/** The repository and version of an image, or undefined where it comes from another registry. */
export function ownImageOf(image: ServiceImage, account: string): OwnImage | undefined {
  return "uri" in image
    ? undefined
    : {
        repository: ImageRepository.fromName(image.repository, account),
        version: "tag" in image ? image.tag : image.digest,
      };
}
