import { z } from "zod";

import { section } from "../fields";
import { tableAccesses } from "../tables/settings";

/** What services can use: the environment's key that describes it, and what may be done with it. */
export const usable = { tables: tableAccesses } as const;

/** A key of the environment that describes what services can use. */
export type UsableNoun = keyof typeof usable;

/** Something of the environment that a service uses. */
export type Use = {
  [Noun in UsableNoun]: {
    /** What it is: the environment's key that describes it and its name there, such as `tables.orders`. */
    readonly of: `${Noun}.${string}`;
    /** What the service may do with it. */
    readonly access: (typeof usable)[Noun][number];
  };
}[UsableNoun];

/**
 * Any text is let through: what is wrong with it depends on what the environment describes, and is found together
 * with what else is wrong. Until then a {@link Use} is what it claims to be.
 */
export const useSchema = section({
  /** What it is: the environment's key that describes it and its name there, such as `tables.orders`. */
  of: z.string(),
  /** What the service may do with it. */
  access: z.string(),
}) as unknown as z.ZodType<Use, Use>;

/** Something that a service uses, taken apart. Before the checks have passed any of it may be something else. */
export interface ServiceUse {
  /** What it is, as the file says it. */
  readonly of: string;
  /** The environment's key that describes it. */
  readonly noun: UsableNoun;
  /** Its name there. */
  readonly name: string;
  /** What the service may do with it. */
  readonly access: Use["access"];
}

/** Takes what a service uses apart: `tables.orders` is the table `orders`. */
export function resolveUse({ of, access }: Use): ServiceUse {
  const dot = of.indexOf(".");
  return Object.freeze({
    of,
    noun: of.slice(0, Math.max(dot, 0)) as UsableNoun,
    name: of.slice(dot + 1),
    access,
  });
}
