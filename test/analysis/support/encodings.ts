/** How templates, shells, servers and people write a text: each by other means than the code under test. */

/** Code units as UTF-16 bytes. */
function utf16(text: string, order: "little" | "big"): Buffer {
  const bytes = [...Array(text.length).keys()].flatMap((index) => {
    const unit = text.charCodeAt(index);
    return order === "little" ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255];
  });
  return Buffer.from(bytes);
}

function base64(text: string | Buffer): string {
  return Buffer.from(text).toString("base64");
}

function eachByte(text: string, write: (byte: string) => string): string {
  return [...Buffer.from(text)].map((byte) => write(byte.toString(16).padStart(2, "0"))).join("");
}

function eachUnit(text: string, write: (code: number) => string): string {
  return [...Array(text.length).keys()].map((index) => write(text.charCodeAt(index))).join("");
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As Go's `url.QueryEscape`, which is Terraform's `urlencode`. */
function queryEscape(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[\w.~-]/.test(sign)
        ? sign
        : sign === " "
          ? "+"
          : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function wrapped(text: string, width: number, end: string): string {
  return (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join(end);
}

/** Encodings by name; each gives what a reader could turn back into the secret. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  JSON: json,
  "JSON in JSON": (secret) => json(json(secret)),
  "Terraform's JSON": (secret) =>
    json(secret).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026"),
  "Terraform's urlencode": queryEscape,
  encodeURIComponent: (secret) => encodeURIComponent(wellFormed(secret)),
  "a URL in lower case": (secret) => queryEscape(secret).replace(/%../g, (sign) => sign.toLowerCase()),
  "a URL in a URL": (secret) => queryEscape(queryEscape(secret)),
  "every byte of a URL": (secret) => eachByte(secret, (byte) => `%${byte}`),
  hexadecimal: (secret) => eachByte(secret, (byte) => byte),
  "hexadecimal in upper case": (secret) => eachByte(secret, (byte) => byte.toUpperCase()),
  "hexadecimal with colons": (secret) => eachByte(secret, (byte) => `${byte}:`).slice(0, -1),
  base64: (secret) => base64(secret),
  base64url: (secret) => Buffer.from(secret).toString("base64url"),
  "base64 wrapped at 76": (secret) => wrapped(base64(`export PASSWORD="${secret}"\n`.repeat(3)), 76, "\n"),
  "base64 of a mail": (secret) => wrapped(base64(`${secret}${secret}${secret}`), 76, "\r\n"),
  "base64 in base64": (secret) => base64(base64(secret)),
  "base64 of a text in base64": (secret) => base64(`x ${base64(`a${secret}b`)} y`),
  "base64 of UTF-16": (secret) => base64(utf16(secret, "little")),
  "base64 of UTF-16, big end first": (secret) => base64(utf16(`-${secret}`, "big")),
  "hexadecimal of UTF-16": (secret) => utf16(secret, "little").toString("hex"),
  "UTF-16 read as bytes": (secret) =>
    eachUnit(wellFormed(secret), (code) => `${String.fromCharCode(code)}\0`),
  "HTML's names": (secret) =>
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  "HTML's numbers": (secret) =>
    Array.from(wellFormed(secret), (sign) => `&#${sign.codePointAt(0) ?? 0};`).join(""),
  "HTML's hexadecimal": (secret) =>
    Array.from(wellFormed(secret), (sign) => `&#x${(sign.codePointAt(0) ?? 0).toString(16)};`).join(""),
  "\\u escapes": (secret) => eachUnit(secret, (code) => `\\u${code.toString(16).padStart(4, "0")}`),
  "\\U escapes in upper case": (secret) =>
    eachUnit(secret, (code) => `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`),
  "base64 of JSON": (secret) => base64(JSON.stringify({ password: secret })),
  "base64 of a URL": (secret) => base64(`https://example.com/?p=${queryEscape(secret)}`),
  "hexadecimal of base64": (secret) => Buffer.from(base64(secret)).toString("hex"),
  "base64 of hexadecimal": (secret) => base64(Buffer.from(secret).toString("hex")),
};
