import type { EnvironmentInput } from "./environment";

export default {
  name: "local",
  account: "123456789012",
  target: "local-cloud",
  homeRegion: "eu-west-1",
  domain: { name: "meridian.test", dnssec: true },
  privateDns: {
    zone: "internal.meridian.test",
    clientCidrBlocks: ["192.168.0.0/16"],
    forward: {
      "corp.example.com": { servers: ["192.168.0.10", "192.168.0.11"], sharedWith: ["444455556666"] },
    },
  },
  delivery: { repository: "example-org/platform" },
  appRunner: { existingCustomer: true },
  regions: {
    "eu-west-1": {
      ipv4CidrBlock: "10.0.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b"],
      natGateways: "single",
      role: "primary",
    },
    "eu-central-1": {
      ipv4CidrBlock: "10.1.0.0/16",
      zones: ["eu-central-1a", "eu-central-1b"],
      natGateways: "single",
      role: "secondary",
    },
  },
  services: {
    web: {
      runtime: { "app-runner": 20, fargate: 80 },
      image: { repository: "web", tag: "1.0.0" },
      port: 8080,
      cpu: 256,
      memoryMiB: 512,
      capacity: { minimum: 1, maximum: 4 },
      healthCheck: { path: "/health" },
      tables: { SESSIONS_TABLE: "sessions" },
    },
    api: {
      image: { repository: "api", tag: "1.0.0" },
      port: 8080,
      cpu: 512,
      memoryMiB: 1024,
      capacity: { minimum: 1, maximum: 4 },
      healthCheck: { path: "/health" },
      routing: { policy: "failover", entry: "accelerator" },
    },
    site: {
      runtime: "app-runner",
      image: { repository: "site", tag: "1.0.0" },
      port: 8080,
      cpu: 256,
      memoryMiB: 512,
      capacity: { minimum: 1, maximum: 2 },
      healthCheck: { path: "/" },
      routing: { subdomain: "@", entry: "distribution" },
    },
  },
  tables: { sessions: { partitionKey: { name: "id", type: "S" }, ttlAttribute: "expires" } },
  registry: { pullThroughCaches: { "ecr-public": "ecr-public" } },
  recovery: { rtoSeconds: 156, survives: 1 },
  firewall: {
    blockList: true,
    blockedCountries: ["KP"],
    managedRuleGroups: {
      AWSManagedRulesAmazonIpReputationList: "block",
      AWSManagedRulesKnownBadInputsRuleSet: "block",
      AWSManagedRulesCommonRuleSet: "count",
    },
  },
  rollout: { bakeSeconds: 0 },
  deletionProtection: false,
  logRetentionDays: 7,
  mayPeer: false,
} satisfies EnvironmentInput;
