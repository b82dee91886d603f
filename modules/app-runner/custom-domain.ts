import { ApprunnerCustomDomainAssociation } from "@cdktf/provider-aws/lib/apprunner-custom-domain-association";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

import type { IHostedZone } from "../../core";

/** A name of one's own that a service answers to. */
export interface AppRunnerCustomDomain {
  /** The whole name, such as `web.example.com`. The record that leads to the service is not made here. */
  readonly name: string;
  /** The zone that holds the name, where control over it is proved. */
  readonly zone: IHostedZone;
}

/** Settings of a {@link CustomDomain}. */
export interface CustomDomainProps extends AppRunnerCustomDomain {
  /** ARN of the service. */
  readonly serviceArn: string;
}

/**
 * Records that App Runner asks for: one for the name itself and one for a name below it that App
 * Runner makes up. A third, for `www`, is avoided by leaving that name out.
 */
const validationRecords = ["First", "Second"] as const;

/**
 * A name of one's own on a service, with the records that App Runner validates it by, all in one apply.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/manage-custom-domains.html
 */
export class CustomDomain extends Construct {
  /** The association, for settings that this module does not model. */
  public readonly resource: ApprunnerCustomDomainAssociation;

  public constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);

    this.resource = new ApprunnerCustomDomainAssociation(this, "Resource", {
      domainName: props.name,
      serviceArn: props.serviceArn,
      enableWwwSubdomain: false,
    });
    validationRecords.forEach((record, index) => {
      const name = `element(sort(${this.records}[*].name), ${index})`;
      new Route53Record(this, `${record}Proof`, {
        zoneId: props.zone.hostedZoneId,
        name: `\${${name}}`,
        type: "CNAME",
        records: [`\${{for record in ${this.records} : record.name => record.value}[${name}]}`],
        ttl: 300,
        // A service of the same name in another region may ask for the same record.
        allowOverwrite: true,
      });
    });
  }

  /**
   * The records as a list that Terraform can sort. They are chosen by the order of their names, which
   * never changes: their order in the set changes with their status, and `for_each` cannot be planned
   * before App Runner has made the names up.
   */
  private get records(): string {
    const { terraformResourceType, friendlyUniqueId } = this.resource;
    return `tolist(${terraformResourceType}.${friendlyUniqueId}.certificate_validation_records)`;
  }
}
