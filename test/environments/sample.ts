import type { Environment, EnvironmentInput } from "../../environments";
import { validateEnvironments } from "../../environments/schema/validate";
import { refusal } from "../support/synth";

type Services = NonNullable<EnvironmentInput["services"]>;
type ServiceInput = Services[string];
type RegionInput = EnvironmentInput["regions"][string];

/** A service with the required values only, and what a test changes. */
export function service(changes: Partial<ServiceInput> = {}): ServiceInput {
  return {
    image: { repository: "web", tag: "1.0.0" },
    port: 8080,
    cpu: 256,
    memoryMiB: 512,
    capacity: { minimum: 2, maximum: 4 },
    healthCheck: { path: "/health" },
    ...changes,
  };
}

/** Ireland, and what a test changes. */
export function ireland(changes: Partial<RegionInput> = {}): RegionInput {
  return {
    ipv4CidrBlock: "10.0.0.0/16",
    zones: ["eu-west-1a", "eu-west-1b"],
    role: "primary",
    ...changes,
  };
}

/** Frankfurt, and what a test changes. */
export function frankfurt(changes: Partial<RegionInput> = {}): RegionInput {
  return {
    ipv4CidrBlock: "10.1.0.0/16",
    zones: ["eu-central-1a", "eu-central-1b"],
    role: "secondary",
    ...changes,
  };
}

/** Virginia, without a role, and what a test changes. */
export function virginia(changes: Partial<RegionInput> = {}): RegionInput {
  return { ipv4CidrBlock: "10.2.0.0/16", zones: ["us-east-1a", "us-east-1b"], ...changes };
}

/** Two regions and one service, and what a test changes. */
export function sample(changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  return {
    name: "sample",
    account: "111122223333",
    homeRegion: "eu-west-1",
    domain: { name: "example.com" },
    regions: { "eu-west-1": ireland(), "eu-central-1": frankfurt() },
    services: { web: service() },
    recovery: { rtoSeconds: 156, survives: 1 },
    ...changes,
  };
}

/** The sample with one service, which a test changes. */
export function sampleService(changes: Partial<ServiceInput>): EnvironmentInput {
  return sample({ services: { web: service(changes) } });
}

/** A second environment that shares nothing with the sample, and what a test changes. */
export function other(changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  return sample({
    name: "other",
    domain: { name: "example.org" },
    regions: {
      "eu-west-1": ireland({ ipv4CidrBlock: "10.8.0.0/16" }),
      "eu-central-1": frankfurt({ ipv4CidrBlock: "10.9.0.0/16" }),
    },
    ...changes,
  });
}

/** Checks environments as if each stood in a file of its name. */
export function check(...inputs: readonly EnvironmentInput[]): Environment[] {
  return validateEnvironments(inputs.map((input) => ({ file: `environments/${input.name}.ts`, input })));
}

/** Every line of the refusal. */
export function refusals(...inputs: readonly EnvironmentInput[]): string[] {
  return refusal(() => check(...inputs)).split("\n");
}

/** Every line of the refusal of something that the compiler would not let through. */
export function refusalsOfUntyped(changes: object): string[] {
  return refusal(() =>
    validateEnvironments([{ file: "environments/sample.ts", input: { ...sample(), ...changes } }]),
  ).split("\n");
}
