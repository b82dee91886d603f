import type { AttributeChange } from "../change";
import { shorten, sliceText, visible } from "./text";

/** Strings longer than this are shown around the place where they differ. */
const longText = 120;

/** How much of a text before the difference is shown. */
const context = 30;

/**
 * An attribute's change as lines of a diff. Every line starts with a sign and a space, so none can be
 * taken for the end of a fence, and none holds a line break.
 *
 * @param maximum - characters of a value.
 */
export function attributeLines(attribute: AttributeChange, maximum: number): string[] {
  const { path, before, after, unknown, forcesReplacement } = attribute;
  const name = shorten(visible(path), 200);
  const note = forcesReplacement === true ? " # forces replacement" : "";
  const [from, to] = texts(before, after, maximum);
  return [
    ...(from === undefined ? [] : [`- ${name} = ${from}`]),
    ...(unknown === true ? [`+ ${name} = (known after apply)${note}`] : []),
    ...(to === undefined ? [] : [`+ ${name} = ${to}${note}`]),
    ...(from !== undefined && to === undefined && unknown !== true && note !== ""
      ? [`! ${name}${note}`]
      : []),
  ];
}

/** A value on one line, shortened. */
export function valueText(value: unknown, maximum: number): string {
  const raw =
    typeof value === "string" ? JSON.stringify(sliceText(value, 0, maximum + 1)) : JSON.stringify(value);
  return shorten(visible(isRedacted(value) ? value : shorten(raw, maximum)), maximum + 6);
}

/** What redaction put in place of a value is said, not quoted. */
function isRedacted(value: unknown): value is string {
  return typeof value === "string" && /^\((sensitive|nested)[^()]*\)( \(changed\))?$/.test(value);
}

function texts(before: unknown, after: unknown, maximum: number): [string | undefined, string | undefined] {
  if (
    typeof before !== "string" ||
    typeof after !== "string" ||
    Math.max(before.length, after.length) <= longText
  ) {
    return [before, after].map((value) => (value === undefined ? undefined : valueText(value, maximum))) as [
      string | undefined,
      string | undefined,
    ];
  }
  const start = Math.max(0, commonPrefix(before, after) - context);
  const excerpt = (text: string): string =>
    `${start === 0 ? "" : "…"}${valueText(sliceText(text, start, start + maximum * 2), maximum)}`;
  return [excerpt(before), excerpt(after)];
}

function commonPrefix(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  let index = 0;
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) {
    index += 1;
  }
  return index;
}
