import type { EnvironmentInput } from "./environment";

export default {
  name: "local",
  account: "123456789012",
  target: "local-cloud",
  homeRegion: "eu-west-1",
  domain: { name: "meridian.test" },
  delivery: { repository: "example-org/platform" },
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
      image: { repository: "web", tag: "1.0.0" },
      port: 8080,
      cpu: 256,
      memoryMiB: 512,
      capacity: { minimum: 1, maximum: 4 },
      healthCheck: { path: "/health" },
    },
    api: {
      image: { repository: "api", tag: "1.0.0" },
      port: 8080,
      cpu: 512,
      memoryMiB: 1024,
      capacity: { minimum: 1, maximum: 4 },
      healthCheck: { path: "/health" },
      routing: { policy: "failover" },
    },
  },
  recovery: { rtoSeconds: 156, survives: 1 },
  firewall: { blockList: true },
  rollout: { bakeSeconds: 0 },
  deletionProtection: false,
  logRetentionDays: 7,
  mayPeer: false,
} satisfies EnvironmentInput;
