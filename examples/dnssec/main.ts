/**
 * A signed zone whose queries are logged, and a part of it that is delegated. The key and the log
 * stand in us-east-1 whatever the home region, so the stack brings a second provider.
 */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput } from "cdktf";

import { HostedZone, QueryLog, ZoneDelegation, ZoneSigning, ZoneSigningKey } from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "dnssec", "eu-west-1");
const provider = new AwsProvider(stack, "UsEast1", { region: "us-east-1", alias: "us_east_1" });

const zone = new HostedZone(stack, "Zone", { name: "example.com", deletionProtection: false });
const key = new ZoneSigningKey(stack, "Key", { account, provider, deletionProtection: false });
const signing = new ZoneSigning(stack, "Signing", { zone, keyArn: key.keyArn });
new QueryLog(stack, "Queries", { zone, account, provider });
// The registrar has to be given this; until then the zone is signed and nobody checks.
new TerraformOutput(stack, "ds-record", { value: signing.dsRecord });

const team = new HostedZone(stack, "Team", { name: "team.example.com", deletionProtection: false });
new ZoneDelegation(stack, "Delegation", {
  parent: zone,
  zoneName: team.zoneName,
  nameServers: team.nameServers,
});

app.synth();
