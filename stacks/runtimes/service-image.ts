import type { ServiceImage } from "../../environments";
import { ImageRepository } from "../../modules/container-registry";
import type { IImageRepository } from "../../core";

/** An image of the environment's own repository. */
export interface OwnImage {
  readonly kind: "own";
  /** The repository; every region pulls from its own copy. */
  readonly repository: IImageRepository;
  /** Its tag or digest. */
  readonly version: string;
}

/** An image of another registry. */
export interface ForeignImage {
  readonly kind: "foreign";
  /** The image with its tag or digest. */
  readonly uri: string;
}

/** Where a service's image is pulled from. */
export function imageOf(image: ServiceImage, account: string): OwnImage | ForeignImage {
  return "uri" in image
    ? { kind: "foreign", uri: image.uri }
    : {
        kind: "own",
        repository: ImageRepository.fromName(image.repository, account),
        version: "tag" in image ? image.tag : image.digest,
      };
}
