import { z } from "zod";

import { kebabName } from "../../../core/forms";
import { listOf, mapOf, section, text, textOf, whole } from "../fields";

/** Name of a table in the environment, which its name in AWS is made from. */
export const tableName = textOf(kebabName(64));

/** What a service may do with a table. */
export const tableAccesses = ["read", "read-write"] as const;

const attributeSchema = section({
  /** Its name. */
  name: text(/^[^\s]{1,255}$/, "be at most 255 characters without spaces", "shorten or respell it"),
  /** What it holds: `S` for text, `N` for numbers, `B` for bytes. */
  type: z.enum(["S", "N", "B"]),
});

const rangeSchema = section({
  /** Units that are always there. */
  minimum: whole(1, 40_000, "give the units that are always there"),
  /** Units that it never goes above. */
  maximum: whole(1, 40_000, "give the units that it may grow to"),
});

/**
 * A DynamoDB table that every region of the environment reads and writes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
 */
export const tableSchema = section({
  /** The attribute that spreads the items. A change replaces the table. */
  partitionKey: attributeSchema,
  /**
   * The attribute that orders items of one partition key. A change replaces the table.
   *
   * @default - the partition key alone finds an item
   */
  sortKey: attributeSchema.optional(),
  /**
   * Regions besides the home region that hold a copy.
   *
   * @default - all others of the environment
   */
  replicas: listOf(z.string()).optional(),
  /**
   * Capacity by the hour, which follows its use.
   *
   * @default - on demand
   */
  provisioned: section({
    /** Read capacity units of each region. */
    read: rangeSchema,
    /** Write capacity units; each write counts in every region. */
    write: rangeSchema,
  }).optional(),
  /**
   * The attribute that holds the second of 1970 after which an item may go.
   *
   * @default - items stay
   */
  ttlAttribute: text(/^[^\s]{1,255}$/, "be at most 255 characters without spaces", "respell it").optional(),
  /**
   * KMS keys by region: one for every region that holds a copy, or none.
   *
   * @default - keys that DynamoDB owns
   */
  kmsKeyArns: mapOf(z.string(), z.string()).optional(),
});

/** A table of an environment. */
export type TableSettings = z.output<typeof tableSchema>;
