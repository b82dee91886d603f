/** A parsed element: text for a leaf, else children by name; a repeated name gives a list. */
export type XmlValue = string | XmlElement | (string | XmlElement)[];

/** Children of an element by name. */
export interface XmlElement {
  [name: string]: XmlValue;
}

/** Replaces the characters that XML gives a meaning. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Writes a value as XML: objects become elements, `undefined` nothing, and an array repeats its
 * element. AWS lists have an element for each member, so `{ Items: { member: [1, 2] } }`.
 */
export function renderXml(name: string, value: unknown, attributes = ""): string {
  if (value === undefined || value === null) {
    return "";
  }
  if (Array.isArray(value)) {
    return value.map((each) => renderXml(name, each, attributes)).join("");
  }
  const inner =
    typeof value === "object"
      ? Object.entries(value)
          .map(([child, each]) => renderXml(child, each))
          .join("")
      : escapeXml(`${value as string | number | boolean}`);
  return `<${name}${attributes}>${inner}</${name}>`;
}

const token =
  /<\?[^>]*\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w.:-]+)([^>]*?)(\/?)>|([^<]+)/g;

/**
 * Reads the XML that AWS clients and moto write: elements, text and CDATA. Attributes (name
 * spaces only) are dropped. The result holds the root element under its name.
 */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = {};
  const stack: { name: string; children: XmlElement; text: string }[] = [
    { name: "", children: root, text: "" },
  ];
  for (const [, cdata, closing, name = "", , selfClosing, characters] of text.matchAll(token)) {
    const top = stack.at(-1);
    if (top === undefined) {
      break;
    }
    if (cdata !== undefined || characters !== undefined) {
      top.text += cdata ?? unescapeXml(characters ?? "");
    } else if (closing === "/") {
      close(stack);
    } else if (name !== "") {
      stack.push({ name, children: {}, text: "" });
      if (selfClosing === "/") {
        close(stack);
      }
    }
  }
  return root;
}

/** The members of a list that may be absent, single or repeated. */
export function members(value: XmlValue | undefined): (string | XmlElement)[] {
  if (value === undefined || value === "") {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

/** The texts of a list that may be absent, single or repeated. */
export function texts(value: XmlValue | undefined): string[] {
  return members(value).filter((each) => typeof each === "string");
}

/** The child elements of `value`, or nothing when it is a leaf. */
export function element(value: XmlValue | undefined): XmlElement {
  const [first] = members(value);
  return typeof first === "object" ? first : {};
}

/** The text of a leaf, or `undefined` when it is absent. */
export function textOf(value: XmlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function close(stack: { name: string; children: XmlElement; text: string }[]): void {
  const done = stack.pop();
  const parent = stack.at(-1);
  if (done === undefined || parent === undefined) {
    return;
  }
  const value = Object.keys(done.children).length > 0 ? done.children : done.text;
  const existing = parent.children[done.name];
  if (existing === undefined) {
    parent.children[done.name] = value;
  } else if (Array.isArray(existing)) {
    existing.push(value);
  } else {
    parent.children[done.name] = [existing, value];
  }
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (name.startsWith("#x")) {
      return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    }
    return name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : (entities[name] ?? whole);
  });
}
