import { tableOffer } from "../tables/offer";
import type { Offer } from "./offer";
import type { UsableNoun } from "./settings";

/** What the environment offers to its services, by the key that describes it. */
export const offers: Readonly<Record<UsableNoun, Offer>> = { tables: tableOffer };
