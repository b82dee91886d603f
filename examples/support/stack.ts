import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, type App } from "cdktf";

/** The account that the examples name, that of the local cloud; put yours here. */
export const account = "123456789012";

/** A stack of one region, under the range of provider versions that the modules are made for. */
export class RegionStack extends TerraformStack {
  public constructor(
    app: App,
    id: string,
    public readonly region: string,
  ) {
    super(app, id);
    new AwsProvider(this, "Aws", { region });
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100.0, < 7.0.0");
  }
}
