import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { GatedImage } from "../../../analysis/gates";
import type { AwsAccess } from "../../../cli/aws/access";
import { ecrScans, scannedDigests, type ImageScan } from "../../../cli/aws/scans";
import { refusedImages } from "../../../cli/gates/image-findings";
import type { Severity } from "../../../cli/base/severity";
import type { Configuration, Stack } from "../../../cli/stacks/manifest";
import type { Session } from "../../../cli/session/session";
import { readAll } from "../../../local-cloud/http";
import { FakeAws } from "../support/fake-context";

const account = "111122223333";
const digest = `sha256:${"a".repeat(64)}`;

function configurationOf(region: string, ...versions: readonly string[]): Configuration {
  const images = versions.map((version) => `${account}.dkr.ecr.${region}.amazonaws.com/web${version}`);
  return {
    resource: { aws_ecs_task_definition: { Web: { container_definitions: JSON.stringify(images) } } },
  };
}

function stackIn(region: string, ...versions: readonly string[]): Stack {
  return {
    name: `dev-${region}`,
    directory: "",
    dependencies: [],
    configuration: configurationOf(region, ...versions),
    backend: { type: "s3", settings: { bucket: "states", key: `dev-${region}.tfstate`, region } },
    digest: "",
  };
}

interface Told {
  readonly waits: number[];
  readonly text: string[];
}

function sessionWith(
  aws: FakeAws,
  blockedFindings?: Severity,
  told: Told = { waits: [], text: [] },
): Session {
  const context = {
    aws,
    interrupts: { requested: false },
    terminal: { err: (text: string) => told.text.push(text) },
    sleep: (milliseconds: number) => Promise.resolve(told.waits.push(milliseconds)),
  };
  const environment = { name: "dev", account, homeRegion: "eu-west-1", registry: { blockedFindings } };
  return { context, environment, access: { variables: {} } } as unknown as Session;
}

const scanned = (changes: Partial<ImageScan> = {}): ImageScan[] => [
  { digest, status: "COMPLETE", counts: {}, ...changes },
];

async function refusedFor(scan: Partial<ImageScan>, severity: Severity = "HIGH"): Promise<GatedImage[]> {
  const aws = new FakeAws();
  aws.scansByImage.set("eu-west-1/web:1.0.0", scanned(scan));
  return refusedImages(sessionWith(aws, severity), [stackIn("eu-west-1", ":1.0.0")]);
}

describe("the findings of images", () => {
  it("are not asked for where nothing is refused for them", async () => {
    const aws = new FakeAws();
    const asked = jest.spyOn(aws.scans, "of");

    expect(await refusedImages(sessionWith(aws), [stackIn("eu-west-1", ":1.0.0")])).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
  });

  it("keep an image from being rolled out from a severity up, with all that was found", async () => {
    const counts = { CRITICAL: 2, HIGH: 5, LOW: 1, UNDEFINED: 3 };

    expect(await refusedFor({ counts })).toEqual([
      {
        stack: "dev-eu-west-1",
        address: `web@${digest}`,
        summary: `run web:1.0.0 (${digest}) in dev-eu-west-1: ECR found 2 CRITICAL, 5 HIGH, 1 LOW in eu-west-1`,
      },
    ]);
    expect(await refusedFor({ counts: { HIGH: 5 } }, "CRITICAL")).toEqual([]);
    expect(await refusedFor({ counts: { HIGH: 0, MEDIUM: 7 } })).toEqual([]);
    expect(await refusedFor({ status: "ACTIVE", counts: { HIGH: 1 } })).toHaveLength(1);
  });

  it("name the digest alone where an image is run by it", async () => {
    const aws = new FakeAws();
    aws.scansByImage.set(`eu-west-1/web:${digest}`, scanned({ counts: { CRITICAL: 1 } }));

    const [refused] = await refusedImages(sessionWith(aws, "CRITICAL"), [stackIn("eu-west-1", `@${digest}`)]);

    expect(refused?.summary).toBe(`run web (${digest}) in dev-eu-west-1: ECR found 1 CRITICAL in eu-west-1`);
  });

  it.each([
    [{ status: "NOT_SCANNED" }, "nothing has scanned it"],
    [
      { status: "FAILED", description: "UnsupportedImageError: The operating system is not supported." },
      "its scan ended as FAILED (UnsupportedImageError: The operating system is not supported)",
    ],
    [{ status: "SCAN_ELIGIBILITY_EXPIRED" }, "its scan ended as SCAN_ELIGIBILITY_EXPIRED"],
    [{ status: "IN_PROGRESS" }, "its scan has not ended yet"],
  ])("of an unknown kind hold it back as well: %j", async (scan, fault) => {
    const [refused] = await refusedFor(scan);

    expect(refused?.summary).toBe(`run web:1.0.0 (${digest}) in dev-eu-west-1: ${fault} in eu-west-1`);
  });

  it("are waited for while a scan is under way, five minutes at most", async () => {
    const aws = new FakeAws();
    const told: Told = { waits: [], text: [] };
    const answers = ["PENDING", "IN_PROGRESS", "COMPLETE"];
    jest
      .spyOn(aws.scans, "of")
      .mockImplementation(() => Promise.resolve(scanned({ status: answers.shift() ?? "IN_PROGRESS" })));
    const stacks = [stackIn("eu-west-1", ":1.0.0")];

    expect(await refusedImages(sessionWith(aws, "HIGH", told), stacks)).toEqual([]);
    expect(told).toEqual({
      waits: [10_000, 10_000],
      text: [`Waiting for the scan of ${account}.dkr.ecr.eu-west-1.amazonaws.com/web:1.0.0 to end.\n`],
    });

    expect(await refusedImages(sessionWith(aws, "HIGH", told), stacks)).toHaveLength(1);
    expect(told.waits).toHaveLength(2 + 29);
  });

  it("are not waited for once somebody wants to stop", async () => {
    const aws = new FakeAws();
    aws.scansByImage.set("eu-west-1/web:1.0.0", scanned({ status: "IN_PROGRESS" }));
    const session = sessionWith(aws, "HIGH");
    const interrupts = { requested: true };
    const stopped = { ...session, context: { ...session.context, interrupts } } as unknown as Session;

    expect(await refusedImages(stopped, [stackIn("eu-west-1", ":1.0.0")])).toHaveLength(1);
  });

  it("of a copy that was not scanned are those of what it is a copy of", async () => {
    const aws = new FakeAws();
    aws.scansByImage.set("eu-central-1/web:1.0.0", scanned({ status: "NOT_SCANNED" }));
    aws.scansByImage.set("eu-west-1/web:1.0.0", scanned({ counts: { CRITICAL: 1 } }));

    expect(
      await refusedImages(sessionWith(aws, "CRITICAL"), [stackIn("eu-central-1", ":1.0.0")]),
    ).toMatchObject([{ summary: expect.stringContaining("ECR found 1 CRITICAL") as string }]);
  });

  it("of what a stack runs already keep nothing else back", async () => {
    const aws = new FakeAws();
    for (const version of ["1.0.0", "1.1.0"]) {
      aws.scansByImage.set(`eu-west-1/web:${version}`, scanned({ counts: { CRITICAL: 1 } }));
    }
    const configuration = configurationOf("eu-west-1", ":1.0.0");
    await aws.objects.write(
      { variables: {} },
      { bucket: "states", key: "dev-eu-west-1.applied.json", region: "eu-west-1" },
      JSON.stringify({ configuration }),
    );

    const refused = await refusedImages(sessionWith(aws, "HIGH"), [stackIn("eu-west-1", ":1.0.0", ":1.1.0")]);

    expect(refused.map(({ summary }) => summary)).toEqual([
      `run web:1.1.0 (${digest}) in dev-eu-west-1: ECR found 1 CRITICAL in eu-west-1`,
    ]);
  });
});

describe("what ECR scans", () => {
  const image = { region: "eu-west-1", account, repository: "web", version: "1.0.0" };
  let server: Server | undefined;

  afterEach(() => server?.close());

  /** An ECR that answers operations by name and, where there are several, digest. */
  async function ecr(answers: Readonly<Record<string, object>>): Promise<AwsAccess> {
    server = createServer((request, response) => {
      void readAll(request).then((body) => {
        const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
        const { imageId } = JSON.parse(body.toString()) as { imageId?: { imageDigest?: string } };
        const answer = answers[`${operation} ${imageId?.imageDigest ?? ""}`.trim()] ?? {};
        response.writeHead("__type" in answer ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(answer));
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server?.once("listening", resolve));
    const variables = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };
    return { variables, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it("is read for each platform, also where nothing was scanned", async () => {
    const manifests = ["sha256:amd", "sha256:arm"].map((each) => ({
      digest: each,
      platform: { os: "linux" },
    }));
    const access = await ecr({
      BatchGetImage: {
        images: [{ imageId: { imageDigest: "sha256:all" }, imageManifest: JSON.stringify({ manifests }) }],
      },
      "DescribeImageScanFindings sha256:amd": {
        imageScanStatus: { status: "COMPLETE", description: "done" },
        imageScanFindings: { findingSeverityCounts: { HIGH: 3 } },
      },
      "DescribeImageScanFindings sha256:arm": { __type: "ScanNotFoundException", message: "none" },
    });

    expect(await ecrScans.of(access, image)).toEqual([
      { digest: "sha256:amd", status: "COMPLETE", description: "done", counts: { HIGH: 3 } },
      { digest: "sha256:arm", status: "NOT_SCANNED", counts: {} },
    ]);
  });

  it("is looked up by digest as well, and is missing if ECR reports nothing of it", async () => {
    const access = await ecr({
      BatchGetImage: { images: [{ imageId: { imageDigest: digest }, imageManifest: "{}" }] },
    });

    expect(await ecrScans.of(access, { ...image, version: digest })).toEqual([
      { digest, status: "NOT_SCANNED", counts: {} },
    ]);
  });

  it.each([
    [{ failures: [{ failureReason: "Requested image not found" }] }, "Requested image not found"],
    [{}, "ECR did not give the image's manifest"],
  ])("is refused where the image cannot be read: %j", async (answer, reason) => {
    const access = await ecr({ BatchGetImage: answer });

    await expect(ecrScans.of(access, image)).rejects.toMatchObject({
      message: `What ECR found in web in eu-west-1 cannot be read: ${reason}`,
    });
  });

  it("is refused where findings cannot be read", async () => {
    const access = await ecr({
      BatchGetImage: { images: [{ imageId: { imageDigest: digest }, imageManifest: "{}" }] },
      [`DescribeImageScanFindings ${digest}`]: { __type: "AccessDeniedException", message: "no" },
    });

    await expect(ecrScans.of(access, image)).rejects.toMatchObject({
      remedy: "Allow the credentials ecr:BatchGetImage and ecr:DescribeImageScanFindings.",
    });
  });

  it("is the image, or each of the images that it holds for a platform", () => {
    const manifests = [
      { digest: "sha256:amd", platform: { os: "linux", architecture: "amd64" } },
      { digest: "sha256:arm", platform: { os: "linux", architecture: "arm64" } },
      { digest: "sha256:attestation", platform: { os: "unknown", architecture: "unknown" } },
    ];

    expect(scannedDigests("sha256:all", JSON.stringify({ manifests }))).toEqual(["sha256:amd", "sha256:arm"]);
    expect(scannedDigests("sha256:one", JSON.stringify({ layers: [] }))).toEqual(["sha256:one"]);
    expect(scannedDigests("sha256:none", JSON.stringify({ manifests: [] }))).toEqual(["sha256:none"]);
  });

  it("says which rights are missing when it cannot be read", async () => {
    const access = { variables: {}, endpoint: "http://127.0.0.1:1" };
    const image = { region: "eu-west-1", account, repository: "web", version: "1" };

    await expect(ecrScans.of(access, image)).rejects.toMatchObject({
      message: expect.stringMatching(/^What ECR found in web in eu-west-1 cannot be read: /) as string,
      remedy: "Allow the credentials ecr:BatchGetImage and ecr:DescribeImageScanFindings.",
    });
  });
});
