import type { ValidationRule } from "../../parts";

/** AWS keeps 100 and 9900 to itself, for the rule groups that Firewall Manager puts first and last. */
export const firstPriority = 101;
const lastPriority = 9_899;

/** What is wrong with the place of a rule group among those of a network. */
export const associationPriorityRules: readonly ValidationRule<{ readonly priority?: number }>[] = [
  {
    property: "priority",
    isValid: ({ priority = 0 }) =>
      Number.isInteger(priority) && priority >= firstPriority && priority <= lastPriority,
    expected: `be a whole number between ${firstPriority} and ${lastPriority}`,
    remedy: "choose one that no other rule group of the network has",
  },
];
