import type { InstanceTypeFacts } from "../machines/instance-types";

/** What a network interface carries: ENA (`interface`), EFA without an address (`efa-only`), or both (`efa`). */
export type InterfaceType = "interface" | "efa-only" | "efa";

/** One network interface of a launch. */
export interface NetworkInterfacePlan {
  /** The card it sits on. */
  readonly networkCardIndex: number;
  /** Its place on the instance; 0 is the primary. */
  readonly deviceIndex: number;
  /** What it carries. */
  readonly interfaceType: InterfaceType;
}

/** Whether a node uses EFA, and with which interfaces. */
export interface EfaChoice {
  /** Whether jobs use EFA. */
  readonly enabled: boolean;
  /**
   * `efa` puts ENA and EFA on every card, as clusters before ParallelCluster 3.15 did. It takes one
   * address a card.
   *
   * @default "efa-only"
   */
  readonly interfaceType?: "efa" | "efa-only";
}

/** The one family whose odd cards carry EFA only. */
const efaOnlyOddCards = "p6e-gb200.";

/**
 * The network interfaces of an instance, by the rule of ParallelCluster 3.15.
 *
 * Card 0 carries the node's address over ENA and, where the type has as many EFA interfaces as
 * cards and the card has room for two, an `efa-only` interface beside it. Every other card carries
 * one `efa-only` interface. Where EFA interfaces are fewer than cards, card 0 stays plain.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
 */
export function networkInterfacePlan(
  type: string,
  facts: Pick<InstanceTypeFacts, "cards" | "efaInterfaces">,
  efa: EfaChoice,
): NetworkInterfacePlan[] {
  const { cards, efaInterfaces } = facts;
  const room = cards[0] ?? 1;
  const full = efa.enabled && efaInterfaces >= cards.length;
  const legacy = efa.interfaceType === "efa";
  const first: InterfaceType = full && (legacy || room < 2) ? "efa" : "interface";
  const beside: NetworkInterfacePlan[] =
    full && !legacy && room >= 2 ? [{ networkCardIndex: 0, deviceIndex: 1, interfaceType: "efa-only" }] : [];
  const other: InterfaceType = !efa.enabled ? "interface" : legacy ? "efa" : "efa-only";
  const others = cards
    .map((most, card) => ({ card, deviceIndex: most === 1 ? 0 : 1 }))
    .filter(({ card }) => card > 0 && (efa.enabled || !(type.startsWith(efaOnlyOddCards) && card % 2 === 1)))
    .map(({ card, deviceIndex }) => ({ networkCardIndex: card, deviceIndex, interfaceType: other }));
  return [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: first }, ...beside, ...others];
}
