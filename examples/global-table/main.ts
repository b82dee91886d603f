/**
 * A DynamoDB table that is written to and read from in two regions, with alarms on replication in
 * both. The replica is made with the provider of its region.
 */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App } from "cdktf";

import { GlobalTable } from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "global-table", "eu-west-1");
const euCentral1 = new AwsProvider(stack, "EuCentral1", { region: "eu-central-1", alias: "eu_central_1" });

new GlobalTable(stack, "Sessions", {
  name: "example-sessions",
  account,
  homeRegion: stack.region,
  replicas: { "eu-central-1": { provider: euCentral1 } },
  partitionKey: { name: "user", type: "S" },
  sortKey: { name: "startedAt", type: "N" },
  ttlAttributeName: "expiresAt",
  deletionProtection: false,
});

app.synth();
