import { Tables } from "./truth/table";
import { type Verdict, Verdicts } from "./truth/verdict";

/** Something that fails as a whole. */
export type Failure =
  | { readonly kind: "region"; readonly region: string }
  | { readonly kind: "zone"; readonly region: string; readonly zone: string }
  | { readonly kind: "service"; readonly region: string; readonly service: string }
  | { readonly kind: "accelerator"; readonly accelerator: string };

/** What fails together. */
export interface Scenario {
  readonly failures: readonly Failure[];
}

/** Regions of which every subset is looked at; of more, only the subsets that are promised. */
const mostRegionsOfAllSubsets = 12;

/** What may fail, by name. */
export interface Fallible {
  readonly regions: readonly string[];
  /** The zones of each region, by their names (`eu-west-1a`). */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** Services and the regions that they run in. */
  readonly services: readonly { readonly service: string; readonly region: string }[];
  readonly accelerators: readonly string[];
}

/**
 * Everything that may fail together: nothing, each set of regions, and each zone, service in a region and
 * accelerator alone. Scenario 0 is the one in which nothing fails.
 */
export class Scenarios {
  public readonly list: readonly Scenario[];
  /** The scenarios that are promised to be survived. */
  public readonly promised: readonly number[];
  public readonly verdicts: Verdicts;
  private readonly tables: Tables;

  /**
   * @param survives - regions that may be lost at once.
   */
  public constructor(
    { regions, zones, services, accelerators }: Fallible,
    public readonly survives: number,
  ) {
    const most = regions.length <= mostRegionsOfAllSubsets ? regions.length : survives;
    const alone: Failure[] = [
      ...Object.entries(zones).flatMap(([region, names]) =>
        names.map((zone): Failure => ({ kind: "zone", region, zone })),
      ),
      ...services.map((each): Failure => ({ kind: "service", ...each })),
      ...accelerators.map((accelerator): Failure => ({ kind: "accelerator", accelerator })),
    ];
    this.list = [
      ...subsets(regions, most).map((lost) => ({
        failures: lost.map((region): Failure => ({ kind: "region", region })),
      })),
      ...alone.map((failure) => ({ failures: [failure] })),
    ];
    this.promised = this.list.map((_, scenario) => scenario).filter((each) => this.isPromised(each));
    this.tables = new Tables(this.list.length);
    this.verdicts = new Verdicts(this.tables);
  }

  /** Where a failure is among those that happen. */
  public where(matches: (failure: Failure) => boolean): Verdict {
    return this.verdicts.certain(
      this.tables.of((scenario) => this.list[scenario]?.failures.some(matches) ?? false),
    );
  }

  /** Whether an environment promises to survive a scenario: so many regions, or any one of the smaller things. */
  public isPromised(scenario: number): boolean {
    const failures = this.list[scenario]?.failures ?? [];
    return failures.every(({ kind }) => kind === "region")
      ? failures.length <= this.survives
      : this.survives > 0;
  }
}

/** The subsets of at most so many members, the smallest first. */
function subsets<Member>(members: readonly Member[], most: number): Member[][] {
  let all: Member[][] = [[]];
  for (const member of members) {
    all = [...all, ...all.filter(({ length }) => length < most).map((set) => [...set, member])];
  }
  return all.sort((left, right) => left.length - right.length);
}

/** A scenario in words: `eu-west-1 and us-east-1 are lost`. */
export function describeScenario({ failures }: Scenario): string {
  if (failures.length === 0) {
    return "nothing fails";
  }
  const names = failures.map(describeFailure);
  const last = names.pop() ?? "";
  const verb = failures.length === 1 ? "fails" : "fail";
  return `${names.length === 0 ? last : `${names.join(", ")} and ${last}`} ${verb}`;
}

function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case "region":
      return failure.region;
    case "zone":
      return `zone ${failure.zone}`;
    case "service":
      return `${failure.service} in ${failure.region}`;
    case "accelerator":
      return `accelerator ${failure.accelerator}`;
  }
}
