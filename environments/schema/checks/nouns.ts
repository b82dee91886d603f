/** Checks of the nouns of `../nouns.ts`, one line each. */
export {};
