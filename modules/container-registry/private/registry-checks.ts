const accountPattern = /^\d{12}$/;
const namePattern = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** What to say of a string that is no account id. */
export const accountExpected = "be an account id of 12 digits";

/** Whether a string is an AWS account id. */
export function isAccountId(account: string): boolean {
  return accountPattern.test(account);
}

/** Whether ECR takes a string for a repository's name. */
export function isRepositoryName(name: string): boolean {
  return name.length >= 2 && name.length <= 256 && namePattern.test(name);
}

/** Entries that stand in a list more than once. */
export function duplicates(list: readonly string[]): readonly string[] {
  return [...new Set(list.filter((entry, position) => list.indexOf(entry) < position))];
}
