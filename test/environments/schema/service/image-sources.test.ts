import { check, frankfurt, ireland, refusals, sample, service } from "../../sample";

const regions = { "eu-west-1": ireland({ natGateways: "none" }), "eu-central-1": frankfurt() };

describe("checkImageSources", () => {
  it("takes images of ECR without NAT", () => {
    const ecr = service({ image: { uri: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/api:1.0.0" } });

    expect(check(sample({ regions, services: { web: service(), api: ecr } }))).toHaveLength(1);
  });

  it("refuses images that need the internet where there is no NAT", () => {
    const web = service({
      image: { uri: "public.ecr.aws/nginx/nginx:1.29.1" },
      sidecars: [{ name: "agent", image: { uri: "docker.io/example/agent:2" } }],
    });
    const line = (property: string, uri: string) =>
      `environments/sample.ts: 'services.web.${property}' must come from a private ECR registry, because eu-west-1 ` +
      `has no NAT gateway, got "${uri}"; copy the image to the environment's repository, or add a NAT gateway`;

    expect(refusals(sample({ regions, services: { web } }))).toEqual([
      line("image.uri", "public.ecr.aws/nginx/nginx:1.29.1"),
      line("sidecars.0.image.uri", "docker.io/example/agent:2"),
    ]);
  });
});
