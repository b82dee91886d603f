import { mergeBindings, type Binding } from "../core";
import type { Environment, Service, ServiceUse, UsableNoun } from "../environments";
import type { Binder } from "./binding-request";
import { bindTable } from "./tables/binding";

/** What each noun gives to those who use it, by the environment's key. */
const binders: Readonly<Record<UsableNoun, Binder>> = { tables: bindTable };

/** What a service gets in a region for all that it uses of the environment. */
export function bindingOf(
  environment: Environment,
  { uses }: Pick<Service, "uses">,
  region: string,
): Binding {
  const byThing = new Map<
    string,
    { use: ServiceUse; variables: string[]; accesses: ServiceUse["access"][] }
  >();
  for (const [variable, use] of Object.entries(uses)) {
    const { variables, accesses } = byThing.get(use.of) ?? { variables: [], accesses: [] };
    byThing.set(use.of, { use, variables: [...variables, variable], accesses: [...accesses, use.access] });
  }
  return mergeBindings(
    [...byThing.values()].map(({ use: { noun, name }, variables, accesses }) =>
      binders[noun]({ environment, region, name, variables, accesses }),
    ),
  );
}
