import { isObject, type JsonObject } from "../../change";
import type { SynthesizedOutput, SynthesizedStack } from "../../diff";

/** A resource of a stack, as synthesized. */
export interface Resource {
  /** The stack that it is in. */
  readonly stack: string;
  readonly type: string;
  /** Its name in the configuration. */
  readonly id: string;
  /** `prod-edge: aws_route53_record.Routing-Web_A`. */
  readonly address: string;
  /** The region that its provider works in; absent where the stack does not say. */
  readonly region?: string;
  readonly attributes: JsonObject;
}

/** A reference to an attribute of a resource. */
export interface Reference {
  readonly resource: Resource;
  readonly attribute: string;
}

/** Resources that hand on what they were given under another name: `aws_acm_certificate_validation.…` is that certificate. */
const handedOn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_route_table_association: { subnet_id: "subnet_id", route_table_id: "route_table_id" },
  aws_acm_certificate_validation: { certificate_arn: "certificate_arn" },
  aws_ecs_cluster_capacity_providers: { cluster_name: "cluster_name" },
  aws_apprunner_custom_domain_association: { service_arn: "service_arn" },
};

/**
 * The resources of all stacks of an environment, and what refers to what: inside a stack, through the outputs
 * of another, and through resources that hand on what they were given.
 */
export class Program {
  private readonly resources = new Map<string, Resource[]>();
  private readonly byId = new Map<string, Resource>();
  private readonly stackOfKey = new Map<string, string>();

  public constructor(private readonly output: SynthesizedOutput) {
    for (const [stack, content] of Object.entries(output)) {
      const key = stateKeyOf(Object.values(asObject(asObject(content.terraform).backend))[0]);
      if (key !== undefined) {
        this.stackOfKey.set(key, stack);
      }
      for (const [type, blocks] of Object.entries(content.resource ?? {})) {
        for (const [id, attributes] of Object.entries(blocks)) {
          this.add(content, { stack, type, id, attributes });
        }
      }
    }
  }

  /** The resources of a type, in the order of the stacks. */
  public ofType(type: string): readonly Resource[] {
    return this.resources.get(type) ?? [];
  }

  /** What an expression of a resource refers to. */
  public referencesOf({ stack }: Pick<Resource, "stack">, expression: unknown): Reference[] {
    return this.follow(stack, expression, new Set());
  }

  /** The one resource of some types that an expression refers to; nothing where it refers to none. */
  public referred(
    from: Pick<Resource, "stack">,
    expression: unknown,
    ...types: string[]
  ): Resource | undefined {
    return this.referencesOf(from, expression).find(({ resource }) => types.includes(resource.type))
      ?.resource;
  }

  /** A text without references in it: through outputs, what another stack wrote out. */
  public textOf({ stack }: Pick<Resource, "stack">, expression: unknown): string | undefined {
    if (typeof expression !== "string") {
      return undefined;
    }
    return expression.includes("${")
      ? (this.remoteText(stack, expression) ?? this.ownText(stack, expression))
      : expression;
  }

  /** The text of an output of another stack, where that is the whole expression. */
  private remoteText(stack: string, expression: string): string | undefined {
    const [all, data = "", name = ""] = remoteOutput.exec(expression) ?? [];
    const target = expression === `\${${all ?? ""}}` ? this.stackRead(stack, data) : undefined;
    return target === undefined ? undefined : this.textOf({ stack: target }, this.outputOf(target, name));
  }

  /** The text of an attribute in the same stack, where that is the whole expression. */
  private ownText(stack: string, expression: string): string | undefined {
    const [, type = "", id = "", attribute = ""] = ownAttribute.exec(expression) ?? [];
    const resource = this.byId.get(`${stack}: ${type}.${id}`);
    return resource === undefined ? undefined : this.textOf(resource, resource.attributes[attribute]);
  }

  private add(content: SynthesizedStack, found: Omit<Resource, "address" | "region">): void {
    const address = `${found.stack}: ${found.type}.${found.id}`;
    const region = regionOf(content, found.attributes.provider);
    const resource: Resource = { ...found, address, ...(region === undefined ? {} : { region }) };
    this.resources.set(found.type, [...(this.resources.get(found.type) ?? []), resource]);
    this.byId.set(address, resource);
  }

  private follow(stack: string, expression: unknown, seen: Set<string>): Reference[] {
    if (Array.isArray(expression)) {
      return expression.flatMap((member) => this.follow(stack, member, seen));
    }
    if (typeof expression !== "string") {
      return [];
    }
    const interpolated = [...expression.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner ?? "").join(" ");
    const remote = [...interpolated.matchAll(new RegExp(remoteOutput, "g"))].flatMap(([all, data, name]) => {
      const target = this.stackRead(stack, data ?? "");
      const step = `${stack} ${all}`;
      if (target === undefined || seen.has(step)) {
        return [];
      }
      return this.follow(target, this.outputOf(target, name ?? ""), new Set([...seen, step]));
    });
    const own = [...interpolated.matchAll(/\b(aws_\w+)\.([\w-]+)(?:\[[^\]]*\])?\.(\w+)/g)].flatMap(
      ([, type, id, attribute]) => {
        const resource = this.byId.get(`${stack}: ${type ?? ""}.${id ?? ""}`);
        return resource === undefined ? [] : this.handOn({ resource, attribute: attribute ?? "" }, seen);
      },
    );
    return [...own, ...remote];
  }

  private handOn(reference: Reference, seen: Set<string>): Reference[] {
    const { resource, attribute } = reference;
    const source = handedOn[resource.type]?.[attribute];
    const step = `${resource.address}.${attribute}`;
    const onward =
      source === undefined || seen.has(step)
        ? []
        : this.follow(resource.stack, resource.attributes[source], new Set([...seen, step]));
    return onward.length > 0 ? onward : [reference];
  }

  /** The stack whose state a data source reads. */
  private stackRead(stack: string, data: string): string | undefined {
    const block = asObject(asObject(this.output[stack]?.data?.terraform_remote_state)[data]);
    const key = stateKeyOf(block.config);
    return key === undefined ? undefined : this.stackOfKey.get(key);
  }

  private outputOf(stack: string, name: string): unknown {
    return asObject(this.output[stack]?.output?.[name]).value;
  }
}

const remoteOutput = /data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)/;
const ownAttribute = /^\$\{(aws_\w+)\.([\w-]+)\.(\w+)\}$/;

/** Where a state lies, as back ends and those who read it say alike. */
function stateKeyOf(settings: unknown): string | undefined {
  const { bucket, key, path } = asObject(settings);
  if (typeof key === "string") {
    return `${typeof bucket === "string" ? bucket : ""}/${key}`;
  }
  return typeof path === "string" ? path : undefined;
}

/** The region of the provider that a block names, or of the default one. */
function regionOf(content: SynthesizedStack, provider: unknown): string | undefined {
  const alias = typeof provider === "string" ? provider.replace(/^aws\.?/, "") : "";
  const providers = listOf(asObject(content.provider).aws).map(asObject);
  const found = providers.find((each) => (typeof each.alias === "string" ? each.alias : "") === alias);
  return typeof found?.region === "string" ? found.region : undefined;
}

/** A value as an object; an empty one where it is none. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A block or a list of blocks as a list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

/** A number, also where it was written as a text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
