/** Longest name that Resolver takes. */
export const nameLength = 64;

/** Names that Resolver takes. @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html */
export const namePattern = /^(?!\d+$)[A-Za-z0-9_ -]{1,64}$/;

/** The rule of {@link namePattern}, to be read after "must". */
export const nameExpected =
  "be 1 to 64 letters, digits, hyphens, underscores or spaces, and not digits alone";

const label = "(?!-)[a-z0-9_-]{1,63}(?<!-)";
const domainPattern = new RegExp(`^(?:\\.|${label}(?:\\.${label})*)$`);
const longestDomain = 253;

/** Whether the text is a domain that a rule can be about; a lone dot is every domain. */
export function isRuleDomain(text: string): boolean {
  return text.length <= longestDomain && domainPattern.test(text);
}
