import { platformTags } from "../../../core";
import type { Environment } from "../environment";
import type { Finding } from "./finding";

/**
 * Limits of tags.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
 */
const limits = { tags: 50, key: 128, value: 256 };

/** The tags that stacks add, and the `Name` that modules give. */
const ourTagCount = Object.keys(platformTags("", "")).length + 1;

const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const reserved = /^(aws|meridian):/i;

/** Tags are such as AWS takes, and leave the platform's own alone. */
export function checkTags({ tags }: Environment): Finding[] {
  const count = Object.keys(tags).length;
  const room = limits.tags - ourTagCount;
  return [
    ...(count <= room
      ? []
      : [
          {
            property: "tags",
            expected: `hold at most ${room} tags, because AWS takes ${limits.tags} and ${ourTagCount} are ours`,
            got: count,
            remedy: "remove the least used ones",
          },
        ]),
    ...Object.entries(tags).flatMap(([key, value]) => [...checkKey(key), ...checkText(key, value, "value")]),
  ];
}

function checkKey(key: string): Finding[] {
  return reserved.test(key)
    ? [
        {
          property: `tags.${key}`,
          expected: "not begin with 'aws:' or 'meridian:', which are reserved",
          got: key,
          remedy: "rename it",
        },
      ]
    : checkText(key, key, "key");
}

function checkText(key: string, text: string, part: "key" | "value"): Finding[] {
  return characters.test(text) && text.length <= limits[part] && (part === "value" || text.length > 0)
    ? []
    : [
        {
          property: `tags.${key}`,
          expected: `have a ${part} of at most ${limits[part]} letters, digits, spaces and '_.:/=+-@'`,
          got: text,
          remedy: "shorten or respell it",
        },
      ];
}
