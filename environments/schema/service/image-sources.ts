import type { Environment } from "../environment";
import type { Service } from "./settings";
import type { Finding } from "../checks/finding";

const privateRegistry = /^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//;

/** Tasks can pull their images: without NAT only from ECR, through interface endpoints. */
export function checkImageSources(environment: Environment): Finding[] {
  return Object.entries(environment.services).flatMap(([name, service]) => {
    const closed = service.regions.filter((region) => environment.regions[region]?.natGateways === "none");
    return closed.length === 0
      ? []
      : imagesOf(`services.${name}`, service)
          .filter(({ uri }) => !privateRegistry.test(uri))
          .map(({ property, uri }) => ({
            property,
            expected: `come from a private ECR registry, because ${closed.join(", ")} has no NAT gateway`,
            got: uri,
            remedy: "copy the image to the environment's repository, or add a NAT gateway",
          }));
  });
}

function imagesOf(path: string, { image, sidecars }: Service): { property: string; uri: string }[] {
  return [
    ...("uri" in image ? [{ property: `${path}.image.uri`, uri: image.uri }] : []),
    ...sidecars.map((sidecar, index) => ({
      property: `${path}.sidecars.${index}.image.uri`,
      uri: sidecar.image.uri,
    })),
  ];
}
