import type { BucketStatus, AwsAccess } from "../aws/access";
import type { ParentAnswer } from "../probes/delegation";
import type { ServedCertificate } from "../probes/served-certificate";
import type { TargetEnvironment } from "../base/target-environment";
import { type Block, type Configuration, regionOf, type Stack } from "../stacks/manifest";
import type { State } from "../stacks/state-file";

/** A resource or data source of a synthesized stack. */
export interface Declared {
  readonly stack: string;
  readonly type: string;
  /** Its name in the configuration, by which others refer to it. */
  readonly id: string;
  readonly region: string;
  /** How many of it: `count`, where that is a number. */
  readonly count: number;
  readonly block: Block;
}

/** A resource that a state of the environment holds. */
export interface Standing {
  readonly type: string;
  readonly region: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a preflight asks about. */
export interface Subject {
  readonly access: AwsAccess;
  readonly environment: Pick<TargetEnvironment, "name" | "account" | "homeRegion" | "target" | "services">;
  readonly resources: readonly Declared[];
  readonly data: readonly Declared[];
  readonly standing: readonly Standing[];
  /** Whether a bucket exists, and whose it is. */
  readonly bucketStatus: (bucket: string, region: string) => Promise<BucketStatus>;
  /** What the zone above a domain says of it. */
  readonly parentOf: (domain: string) => Promise<ParentAnswer>;
  /** The certificate that a host shows for a name. */
  readonly servedCertificate: (host: string, name: string) => Promise<ServedCertificate>;
  readonly now: () => Date;
}

/** The blocks of stacks, each with the region that its provider works in. */
export function declaredIn(
  stacks: readonly Pick<Stack, "name" | "configuration">[],
  kind: "resource" | "data",
): Declared[] {
  return stacks.flatMap(({ name: stack, configuration }) =>
    Object.entries(configuration[kind] ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]) => ({
        stack,
        type,
        id,
        block,
        region: regionAt(configuration, aliasIn(typeof block.provider === "string" ? block.provider : "")),
        count: typeof block.count === "number" ? block.count : 1,
      })),
    ),
  );
}

/** What a stack's state holds. */
export function standingIn(
  { configuration }: Pick<Stack, "configuration">,
  state: State | undefined,
): Standing[] {
  return (state?.resources ?? [])
    .filter(({ mode }) => mode === "managed")
    .flatMap((resource) => {
      const { provider = "" } = resource as { provider?: string };
      const region = regionAt(configuration, aliasIn(provider.replace(/^.*\]/, "aws")));
      return (resource.instances as readonly { attributes?: Readonly<Record<string, unknown>> }[]).map(
        ({ attributes = {} }) => ({ type: resource.type, region, attributes }),
      );
    });
}

/** `aws.us-east-1` is the alias `us-east-1`. */
function aliasIn(provider: string): string | undefined {
  return /^aws\.(.+)$/.exec(provider)?.[1];
}

function regionAt(configuration: Configuration, alias: string | undefined): string {
  const own = configuration.provider?.aws?.find((provider) => provider.alias === alias)?.region;
  return typeof own === "string" ? own : (regionOf(configuration) ?? "us-east-1");
}

/** The declared resources of some types. */
export function ofTypes(declared: readonly Declared[], ...types: readonly string[]): Declared[] {
  return declared.filter(({ type }) => types.includes(type));
}

/** The resources of a type that stand. */
export function ofType(standing: readonly Standing[], type: string): Standing[] {
  return standing.filter((each) => each.type === type);
}

/** The regions of what is declared, sorted. */
export function regionsOf(declared: readonly Declared[]): string[] {
  return [...new Set(declared.map(({ region }) => region))].sort();
}

/** An argument that is written out: no expression, which only Terraform can evaluate. */
export function literal(block: Block, name: string): string | undefined {
  const value = block[name];
  return typeof value === "string" && value !== "" && !value.includes("${") ? value : undefined;
}

/** The block that an expression such as `${aws_vpc.Main.id}` refers to. */
export function referredTo(
  declared: readonly Declared[],
  stack: string,
  expression: unknown,
): Declared | undefined {
  const [, type, id] = /\b(aws_\w+)\.([\w-]+)/.exec(typeof expression === "string" ? expression : "") ?? [];
  return declared.find((each) => each.stack === stack && each.type === type && each.id === id);
}

/** The values of an attribute of what stands. */
export function valuesStanding(standing: readonly Standing[], type: string, attribute: string): Set<string> {
  return new Set(ofType(standing, type).map(({ attributes }) => String(attributes[attribute])));
}

/** A block inside a block, which Terraform's JSON writes as an object or a list. */
export function innerBlocks(
  block: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>>[] {
  const value = block[name];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter(
    (each): each is Readonly<Record<string, unknown>> => typeof each === "object" && each !== null,
  );
}
