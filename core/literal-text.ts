/**
 * Keeps Terraform from reading `${...}` and `%{...}` in a user's text; CDKTF's own tokens stay what they are.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function literalText(text: string): string {
  return text.replace(/[$%]\{(?!TfToken\[)/g, (mark) => mark.charAt(0) + mark);
}

/** {@link literalText} of each value. */
export function literalValues(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, literalText(text)]));
}
