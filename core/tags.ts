/** Tags on everything that Meridian creates. Never a commit or a date: they would dirty every plan. */
export type PlatformTags = Readonly<Record<string, string>>;

/**
 * The provider's default tags for a stack: the user's own, then ours, which win.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function platformTags(
  environment: string,
  stack: string,
  userTags: Readonly<Record<string, string>> = {},
): PlatformTags {
  return {
    ...userTags,
    "meridian:environment": environment,
    "meridian:stack": stack,
  };
}
