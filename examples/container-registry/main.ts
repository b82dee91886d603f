/**
 * A repository whose images are copied to a second region as they are pushed. Replication carries
 * images and nothing else, so a template there gives copies their lifecycle, encryption and tags.
 */
import { App } from "cdktf";

import {
  AlarmTopic,
  ImageRepository,
  keepReleases,
  PullThroughCache,
  RegistryReplication,
  RegistryScanning,
  RepositoryTemplate,
} from "../../index";
import { account, RegionStack } from "../support/stack";

const app = new App();
const destination = new RegionStack(app, "registry-destination", "us-east-2");
const home = new RegionStack(app, "registry-home", "us-west-2");
home.addDependency(destination); // templates change no repository that stands already
const lifecycleRules = keepReleases({
  releases: { tagPrefixes: ["release-"] },
  previews: { tagPrefixes: ["pr-"] },
});

new RepositoryTemplate(destination, "Template", {
  account,
  region: destination.region,
  appliedFor: "REPLICATION",
  lifecycleRules,
  repositoryTags: { "copied-from": home.region },
});

new ImageRepository(home, "Web", {
  name: "example/web",
  account,
  region: home.region,
  lifecycleRules,
  deletionProtection: false,
});
new RegistryReplication(home, "Replication", {
  account,
  homeRegion: home.region,
  destinationRegions: [destination.region],
  repositoryPrefixes: ["example/"],
});
new RegistryScanning(home, "Scanning", {
  scanType: "enhanced",
  continuousRepositories: ["example/*"],
  topic: new AlarmTopic(home, "Findings", {
    topicName: "example-image-findings",
    account,
    region: home.region,
    eventBridge: true,
  }),
});
new PullThroughCache(home, "PublicImages", {
  account,
  region: home.region,
  upstream: "ecr-public",
  repositoryPrefix: "public",
});

app.synth();
