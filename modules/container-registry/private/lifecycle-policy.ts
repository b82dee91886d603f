import type { LifecycleRule, TagSelection } from "../lifecycle-rule";

/** The most images that a repository holds, so that no image is ever one too many. */
const fullRepository = 100_000;

const descriptionCharacters = 256;

/**
 * The policy text of ECR. Priorities follow the order of the list, except that ECR wants the rule
 * for images of any tag last.
 */
export function renderLifecyclePolicy(rules: readonly LifecycleRule[]): string {
  const ordered = [
    ...rules.filter((rule) => rule.kind !== "keep-last-of-any"),
    ...rules.filter((rule) => rule.kind === "keep-last-of-any"),
  ];
  return JSON.stringify({
    rules: ordered.map((rule, position) => ({
      rulePriority: position + 1,
      description: describe(rule).slice(0, descriptionCharacters),
      selection: renderSelection(rule),
      action: { type: "expire" },
    })),
  });
}

/** Tags of a rule in a form that two equal selections share; undefined for a rule that names none. */
export function selectionKey(rule: LifecycleRule): string | undefined {
  switch (rule.kind) {
    case "expire-untagged":
      return "untagged";
    case "keep-last-of-any":
      return "any";
    default:
      return JSON.stringify([...entriesOf(rule.tags)].sort());
  }
}

/** The entries of a tag selection. */
export function entriesOf(tags: TagSelection): readonly string[] {
  return "tagPrefixes" in tags ? tags.tagPrefixes : tags.tagPatterns;
}

function renderSelection(rule: LifecycleRule): object {
  switch (rule.kind) {
    case "expire-untagged":
      return { tagStatus: "untagged", ...sincePushed(rule.afterDays) };
    case "expire-tagged":
      return { ...renderTags(rule.tags), ...sincePushed(rule.afterDays) };
    case "keep-last":
      return { ...renderTags(rule.tags), ...countMoreThan(rule.count) };
    case "keep-all":
      return { ...renderTags(rule.tags), ...countMoreThan(fullRepository) };
    case "keep-last-of-any":
      return { tagStatus: "any", ...countMoreThan(rule.count) };
  }
}

function renderTags(tags: TagSelection): object {
  return "tagPrefixes" in tags
    ? { tagStatus: "tagged", tagPrefixList: tags.tagPrefixes }
    : { tagStatus: "tagged", tagPatternList: tags.tagPatterns };
}

function sincePushed(days: number): object {
  return { countType: "sinceImagePushed", countUnit: "days", countNumber: days };
}

function countMoreThan(count: number): object {
  return { countType: "imageCountMoreThan", countNumber: count };
}

function describe(rule: LifecycleRule): string {
  switch (rule.kind) {
    case "expire-untagged":
      return `Expire untagged images after ${rule.afterDays} days`;
    case "expire-tagged":
      return `Expire images tagged ${list(rule.tags)} after ${rule.afterDays} days`;
    case "keep-last":
      return `Keep the last ${rule.count} images tagged ${list(rule.tags)}`;
    case "keep-all":
      return `Keep all images tagged ${list(rule.tags)}`;
    case "keep-last-of-any":
      return `Keep the last ${rule.count} images`;
  }
}

function list(tags: TagSelection): string {
  return entriesOf(tags).join(" and ");
}
