import type { Location, RecordSet } from "./model/dns";

/** Where clients are, as far as answers depend on it. */
export interface Place {
  readonly key: string;
  /** The region that is nearest to them; absent where no policy asks. */
  readonly region?: string;
  /** Nothing in it: somewhere that no geolocation record names. */
  readonly location: Location;
}

/** The places that make a difference to some policy: near each region, in each location, and elsewhere. */
export function placesOf(sets: readonly RecordSet[], regions: readonly string[]): Place[] {
  const records = sets.flatMap((set) => set.records);
  const locations = new Map<string, Location>([["", {}]]);
  for (const { location } of records) {
    if (location !== undefined) {
      locations.set(describeLocation(location), location);
    }
  }
  const near = regions.length === 0 ? [undefined] : regions;
  return near.flatMap((region) =>
    [...locations.values()].map((location) => ({
      key: describePlace(region, location),
      ...(region === undefined ? {} : { region }),
      location,
    })),
  );
}

function describePlace(region: string | undefined, location: Location): string {
  const where = describeLocation(location);
  const near = region === undefined ? "" : `near ${region}`;
  return [where, near].filter((part) => part !== "").join(", ") || "anywhere";
}

/** A location in words: `DE`, `US-CA`, `continent EU`; nothing for elsewhere. */
export function describeLocation({ continent, country, subdivision }: Location): string {
  if (subdivision !== undefined) {
    return `${country ?? "US"}-${subdivision}`;
  }
  return country ?? (continent === undefined ? "" : `continent ${continent}`);
}

/**
 * How narrowly a geolocation record fits a place: a subdivision before a country, a continent and the default.
 * Nothing where it does not apply. To which continent a country belongs is not looked at: a place in a country
 * is one that no record of a continent fits.
 */
export function fitOf(record: Location, place: Location): number | undefined {
  if (record.subdivision !== undefined) {
    return record.subdivision === place.subdivision && record.country === place.country ? 3 : undefined;
  }
  if (record.country !== undefined) {
    return record.country === place.country ? 2 : undefined;
  }
  if (record.continent !== undefined) {
    return record.continent === place.continent ? 1 : undefined;
  }
  return 0;
}
