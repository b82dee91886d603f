import type { EnvironmentInput } from "./environment";

export default {
  name: "prod",
  account: "111122223333",
  homeRegion: "eu-west-1",
  domain: { name: "example.com" },
  delivery: { repository: "example-org/platform" },
  regions: {
    "eu-west-1": {
      ipv4CidrBlock: "10.64.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      role: "primary",
    },
    "eu-central-1": {
      ipv4CidrBlock: "10.65.0.0/16",
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      role: "secondary",
    },
    "us-east-1": {
      ipv4CidrBlock: "10.66.0.0/16",
      zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    },
  },
  services: {
    web: {
      image: { repository: "web", tag: "1.0.0" },
      port: 8080,
      cpu: 1024,
      memoryMiB: 2048,
      capacity: { minimum: 3, maximum: 12, spotPercentage: 50 },
      scaling: { cpuPercentage: 60, requestsPerTarget: 1000 },
      healthCheck: { path: "/health" },
      routing: { subdomain: "www" },
      peakTasks: 6,
    },
    api: {
      image: { repository: "api", tag: "1.0.0" },
      port: 8080,
      cpu: 1024,
      memoryMiB: 2048,
      capacity: { minimum: 4, maximum: 16 },
      scaling: {
        memoryPercentage: 70,
        schedules: [
          {
            name: "working-day",
            schedule: "cron(0 7 ? * MON-FRI *)",
            minimum: 6,
            maximum: 16,
            timeZone: "Europe/Berlin",
          },
          {
            name: "evening",
            schedule: "cron(0 20 ? * * *)",
            minimum: 4,
            maximum: 16,
            timeZone: "Europe/Berlin",
          },
        ],
      },
      healthCheck: { path: "/health" },
      routing: { policy: "failover" },
      secrets: { DATABASE_PASSWORD: "api/database-password" },
      regions: ["eu-west-1", "eu-central-1"],
      peakTasks: 4,
    },
  },
  recovery: { rtoSeconds: 96, survives: 1 },
  firewall: { blockList: true },
  confirmation: "name",
  deletionProtection: true,
  alarms: { emails: ["platform@example.com"] },
  logRetentionDays: 90,
  tags: { "cost-centre": "platform" },
} satisfies EnvironmentInput;
