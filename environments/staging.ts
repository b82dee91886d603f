import type { EnvironmentInput } from "./environment";

export default {
  name: "staging",
  account: "777788889999",
  homeRegion: "eu-west-1",
  domain: { name: "staging.example.com" },
  delivery: { repository: "example-org/platform" },
  regions: {
    "eu-west-1": {
      ipv4CidrBlock: "10.32.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b"],
      natGateways: "single",
      role: "primary",
    },
    "eu-central-1": {
      ipv4CidrBlock: "10.33.0.0/16",
      zones: ["eu-central-1a", "eu-central-1b"],
      natGateways: "single",
      role: "secondary",
    },
  },
  services: {
    web: {
      image: { repository: "web", tag: "1.0.0" },
      port: 8080,
      cpu: 512,
      memoryMiB: 1024,
      capacity: { minimum: 2, maximum: 4, spotPercentage: 50 },
      healthCheck: { path: "/health" },
      peakTasks: 1,
    },
    api: {
      image: { repository: "api", tag: "1.0.0" },
      port: 8080,
      cpu: 512,
      memoryMiB: 1024,
      capacity: { minimum: 1, maximum: 4 },
      healthCheck: { path: "/health" },
      routing: { policy: "failover" },
      secrets: { DATABASE_PASSWORD: "api/database-password" },
      peakTasks: 1,
    },
  },
  recovery: { rtoSeconds: 96, survives: 1 },
  alarms: { emails: ["platform@example.com"] },
  tags: { "cost-centre": "engineering" },
} satisfies EnvironmentInput;
