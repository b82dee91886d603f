/**
 * Settings of the nouns that environments offer: each export is a key of an environment, documented where it
 * stands. `npm run new -- <noun>` adds a line.
 */
export {};
