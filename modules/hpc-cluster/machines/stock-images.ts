import { DataAwsAmi } from "@cdktf/provider-aws/lib/data-aws-ami";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Construct } from "constructs";
import type { ClusterConfiguration } from "../file/cluster-keys";

type OperatingSystem = ClusterConfiguration["Image"]["Os"];

/** Who publishes the image, and how it is found. */
type StockImage =
  | { readonly parameter: (architecture: string) => string }
  | { readonly owner: string; readonly name: (architecture: string) => string };

const debianArchitecture = (architecture: string) => (architecture === "arm64" ? "arm64" : "amd64");
const redHatArchitecture = (architecture: string) => (architecture === "arm64" ? "aarch64" : "x86_64");

const ubuntu = (version: string, volume: string): StockImage => ({
  parameter: (architecture) =>
    `/aws/service/canonical/ubuntu/server/${version}/stable/current/${debianArchitecture(architecture)}/hvm/${volume}/ami-id`,
});

const rhel = (version: string): StockImage => ({
  owner: "309956199498",
  name: (architecture) => `RHEL-${version}.*_HVM-*-${architecture}-*-Hourly2-GP3`,
});

const rocky = (version: string): StockImage => ({
  owner: "792107900819",
  name: (architecture) => `Rocky-${version}-EC2-Base-${version}.*.${redHatArchitecture(architecture)}*`,
});

const amazonLinux = (name: string): StockImage => ({
  parameter: (architecture) => `/aws/service/ami-amazon-linux-latest/${name}-${architecture}`,
});

/** Where the stock image of each operating system is found. Ended ones need an image of one's own. */
const stockImages: Readonly<Record<OperatingSystem, StockImage>> = {
  alinux2: amazonLinux("amzn2-ami-kernel-5.10-hvm"),
  alinux2023: amazonLinux("al2023-ami-kernel-6.1"),
  ubuntu2004: ubuntu("20.04", "ebs-gp2"),
  ubuntu2204: ubuntu("22.04", "ebs-gp2"),
  ubuntu2404: ubuntu("24.04", "ebs-gp3"),
  rhel8: rhel("8"),
  rhel9: rhel("9"),
  rocky8: rocky("8"),
  rocky9: rocky("9"),
};

/** What a {@link StockImageLookup} looks for. */
export interface StockImageLookupProps {
  /** The operating system. */
  readonly os: OperatingSystem;
  /** `x86_64` or `arm64`. */
  readonly architecture: string;
}

/**
 * The newest stock image of an operating system, found by its publisher's parameter or account when
 * the plan is made, so that a plan shows when a cluster moves to a newer image.
 *
 * **Creates** one data source.
 */
export class StockImageLookup extends Construct {
  /** The data source, for settings that this construct does not model. */
  public readonly resource: DataAwsSsmParameter | DataAwsAmi;
  /** The image's id. */
  public readonly imageId: string;

  public constructor(scope: Construct, id: string, { os, architecture }: StockImageLookupProps) {
    super(scope, id);
    const source = stockImages[os];
    if ("parameter" in source) {
      const parameter = new DataAwsSsmParameter(this, "Resource", { name: source.parameter(architecture) });
      this.resource = parameter;
      this.imageId = parameter.insecureValue;
    } else {
      const image = new DataAwsAmi(this, "Resource", {
        mostRecent: true,
        owners: [source.owner],
        filter: [{ name: "name", values: [source.name(architecture)] }],
      });
      this.resource = image;
      this.imageId = image.id;
    }
  }
}
