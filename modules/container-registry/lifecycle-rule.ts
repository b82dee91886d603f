/**
 * Which tagged images a rule is about.
 *
 * An image is meant when it carries a tag for every entry of the list, so one rule mostly has one entry.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export type TagSelection =
  | {
      /** Beginnings of tags, such as `release-`. */
      readonly tagPrefixes: readonly string[];
    }
  | {
      /** Tags with up to four `*` each, such as `release-*`. */
      readonly tagPatterns: readonly string[];
    };

/** Deletes images without a tag some days after their push. */
export interface ExpireUntagged {
  readonly kind: "expire-untagged";
  /** Days since the push. */
  readonly afterDays: number;
}

/** Deletes all but the newest tagged images of a selection. */
export interface KeepLast {
  readonly kind: "keep-last";
  /** Which images are counted. */
  readonly tags: TagSelection;
  /** How many stay. */
  readonly count: number;
}

/** Deletes tagged images of a selection some days after their push. */
export interface ExpireTagged {
  readonly kind: "expire-tagged";
  /** Which images age. */
  readonly tags: TagSelection;
  /** Days since the push. */
  readonly afterDays: number;
}

/**
 * Keeps every image of a selection, whatever later rules say: no rule may touch an image that an
 * earlier rule selects.
 */
export interface KeepAll {
  readonly kind: "keep-all";
  /** Which images stay. */
  readonly tags: TagSelection;
}

/** Deletes all but the newest images, whatever their tags; always evaluated last. */
export interface KeepLastOfAny {
  readonly kind: "keep-last-of-any";
  /** How many stay. */
  readonly count: number;
}

/**
 * One rule over the images of a repository. Earlier rules of a list win over later ones.
 *
 * Images that only a manifest list refers to are never expired before the list itself.
 */
export type LifecycleRule = ExpireUntagged | KeepLast | ExpireTagged | KeepAll | KeepLastOfAny;

/** How many images the common presets keep, and for how long. */
export interface LifecyclePreset {
  /** Tags of what is deployed; none of it is ever deleted. */
  readonly releases: TagSelection;

  /**
   * Tags of what is tried out, such as builds of pull requests.
   *
   * @default - nothing is
   */
  readonly previews?: TagSelection;

  /**
   * Days that previews stay.
   *
   * @default 30
   */
  readonly previewDays?: number;

  /**
   * Days that untagged images stay.
   *
   * @default 14
   */
  readonly untaggedDays?: number;
}

/** Rules that keep every release, let previews go after a while, and clear what has no tag. */
export function keepReleases(preset: LifecyclePreset): readonly LifecycleRule[] {
  const { releases, previews, previewDays = 30, untaggedDays = 14 } = preset;
  return [
    { kind: "keep-all", tags: releases },
    ...(previews === undefined
      ? []
      : [{ kind: "expire-tagged", tags: previews, afterDays: previewDays } as const]),
    { kind: "expire-untagged", afterDays: untaggedDays },
  ];
}

/** Rules that keep the newest images of any tag, for repositories of tools and caches. */
export function keepNewest(count: number): readonly LifecycleRule[] {
  return [
    { kind: "expire-untagged", afterDays: 1 },
    { kind: "keep-last-of-any", count },
  ];
}
