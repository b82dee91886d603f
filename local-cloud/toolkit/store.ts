import { randomBytes } from "node:crypto";
import { ServiceError } from "../answer";
import { scalar, type JsonObject } from "./input";

/** Random lower-case hexadecimal digits, as in `vpc-0123456789abcdef0`. */
export function randomHex(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString("hex")
    .slice(0, length);
}

/** A resource of a store, found or refused. */
export function found<T>(value: T | undefined, code: string, message: string, status = 400): T {
  if (value === undefined) {
    throw new ServiceError(code, message, status);
  }
  return value;
}

/** Resources of one kind, kept apart by region. */
export class Store<T> {
  private readonly regions = new Map<string, Map<string, T>>();

  /** The resources of a region by key. */
  in(region: string): Map<string, T> {
    const resources = this.regions.get(region) ?? new Map<string, T>();
    this.regions.set(region, resources);
    return resources;
  }
}

/** Tags of resources by ARN. */
export class Tags {
  private readonly resources = new Map<string, Map<string, string>>();

  /** Adds or overwrites tags. */
  add(arn: string, tags: Iterable<readonly [string, string]>): void {
    this.resources.set(arn, new Map([...(this.resources.get(arn) ?? []), ...tags]));
  }

  /** Adds or overwrites tags given as a list of `Key` and `Value`. */
  addList(arn: string, tags: readonly JsonObject[]): void {
    this.add(
      arn,
      tags.map((tag) => [scalar(tag.Key), scalar(tag.Value)]),
    );
  }

  /** Removes tags by key. */
  remove(arn: string, keys: readonly string[]): void {
    for (const key of keys) {
      this.resources.get(arn)?.delete(key);
    }
  }

  /** Forgets a resource. */
  drop(arn: string): void {
    this.resources.delete(arn);
  }

  /** The tags as a list of `Key` and `Value`. */
  list(arn: string): { Key: string; Value: string }[] {
    return [...(this.resources.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  }

  /** The tags as a map. */
  map(arn: string): Record<string, string> {
    return Object.fromEntries(this.resources.get(arn) ?? []);
  }
}
