import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { Construct } from "constructs";
import type { BudgetConfiguration } from "./file/cluster-keys";

/** What a {@link ClusterBudget} is made of. */
export interface ClusterBudgetProps {
  /** The cluster's name, which is the value of the tag that its costs carry. */
  readonly clusterName: string;
  /** The file's `Meridian.Budget`. */
  readonly budget: BudgetConfiguration;
}

/**
 * What a cluster may cost in a month, and who hears when it does.
 *
 * **Creates** one budget. It counts what carries the tag `meridian:cluster`, once that tag is
 * activated for cost allocation in the account that pays.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
 */
export class ClusterBudget extends Construct {
  /** The budget, for settings that this construct does not model. */
  public readonly resource: BudgetsBudget;

  public constructor(scope: Construct, id: string, { clusterName, budget }: ClusterBudgetProps) {
    super(scope, id);
    this.resource = new BudgetsBudget(this, "Resource", {
      name: `${clusterName}-hpc`,
      budgetType: "COST",
      limitAmount: budget.MonthlyUsd.toFixed(1),
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      // Budgets wants a month; costs before the cluster was built are none.
      timePeriodStart: "2026-01-01_00:00",
      costFilter: [{ name: "TagKeyValue", values: [`user:meridian:cluster$${clusterName}`] }],
      notification: budget.AlertPercentages.map((threshold) => ({
        threshold,
        thresholdType: "PERCENTAGE",
        comparisonOperator: "GREATER_THAN",
        notificationType: "ACTUAL",
        subscriberEmailAddresses: [...budget.Emails],
      })),
    });
  }
}
