import type { EnvironmentInput } from "./environment";

export default {
  name: "dev",
  account: "444455556666",
  homeRegion: "eu-west-1",
  domain: { name: "dev.example.com" },
  regions: {
    "eu-west-1": {
      ipv4CidrBlock: "10.16.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b"],
      natGateways: "single",
    },
  },
  services: {
    web: {
      image: { repository: "web", tag: "1.0.0" },
      port: 8080,
      cpu: 256,
      memoryMiB: 512,
      capacity: { minimum: 1, maximum: 2, spotPercentage: 100 },
      healthCheck: { path: "/health" },
      exec: true,
      readonlyRootFilesystem: false,
    },
  },
  recovery: { rtoSeconds: 156, survives: 0 },
  deletionProtection: false,
  logRetentionDays: 7,
  tags: { "cost-centre": "engineering" },
} satisfies EnvironmentInput;
