import {
  account,
  found,
  jsonService,
  listAt,
  objectAt,
  required,
  tagOperations,
  Tags,
  type JsonObject,
  type StandIn,
} from "../../toolkit";

const invalid = "InvalidParameterException";

interface Notification {
  readonly notification: JsonObject;
  readonly subscribers: JsonObject[];
}

/** AWS Budgets: budgets and whom they notify. Nothing is counted and nobody is written to. */
export function budgets(): StandIn {
  const budgetsByName = new Map<string, JsonObject>();
  const notifications = new Map<string, Notification[]>();
  const tags = new Tags();
  const arnOf = (name: string) => `arn:aws:budgets::${account}:budget/${name}`;
  const nameIn = ({ BudgetName }: JsonObject) => {
    const name = String(BudgetName);
    found(
      budgetsByName.get(name),
      "NotFoundException",
      `Unable to get budget: ${name} - the budget doesn't exist.`,
    );
    return name;
  };
  const sameAs = (notification: JsonObject) => (one: Notification) =>
    ["ComparisonOperator", "NotificationType", "Threshold"].every(
      (field) => one.notification[field] === notification[field],
    );
  const notificationIn = (input: JsonObject) =>
    found(
      notifications.get(nameIn(input))?.find(sameAs(objectAt(input, "Notification"))),
      "NotFoundException",
      "Unable to find the notification.",
    );
  return jsonService({
    service: "budgets",
    complete: true,
    operations: {
      CreateBudget: (input) => {
        const budget = objectAt(required(input, invalid, "AccountId", "Budget"), "Budget");
        const name = String(budget.BudgetName);
        budgetsByName.set(name, budget);
        notifications.set(
          name,
          listAt(input, "NotificationsWithSubscribers").map((each) => ({
            notification: objectAt(each, "Notification"),
            subscribers: listAt(each, "Subscribers"),
          })),
        );
        tags.addList(arnOf(name), listAt(input, "ResourceTags"));
      },
      DescribeBudget: (input) => ({ Budget: budgetsByName.get(nameIn(input)) }),
      UpdateBudget: (input) => {
        const budget = objectAt(input, "NewBudget");
        budgetsByName.set(nameIn(budget), budget);
      },
      DeleteBudget: (input) => {
        const name = nameIn(input);
        budgetsByName.delete(name);
        notifications.delete(name);
        tags.drop(arnOf(name));
      },
      CreateNotification: (input) => {
        notifications.get(nameIn(input))?.push({
          notification: objectAt(input, "Notification"),
          subscribers: listAt(input, "Subscribers"),
        });
      },
      DeleteNotification: (input) => {
        const name = nameIn(input);
        const same = sameAs(objectAt(input, "Notification"));
        notifications.set(
          name,
          (notifications.get(name) ?? []).filter((one) => !same(one)),
        );
      },
      DescribeNotificationsForBudget: (input) => ({
        Notifications: notifications.get(nameIn(input))?.map(({ notification }) => notification),
      }),
      DescribeSubscribersForNotification: (input) => ({ Subscribers: notificationIn(input).subscribers }),
      ...resourceTags(tags),
    },
  });
}

/** Budgets says `ResourceTags` where others say `Tags`. */
function resourceTags(tags: Tags): ReturnType<typeof tagOperations> {
  const { UntagResource } = tagOperations(tags, "ResourceARN");
  return {
    ...(UntagResource === undefined
      ? {}
      : {
          UntagResource: (input, context) =>
            UntagResource({ ...input, TagKeys: input.ResourceTagKeys }, context),
        }),
    TagResource: (input) => {
      tags.addList(String(input.ResourceARN), listAt(input, "ResourceTags"));
    },
    ListTagsForResource: (input) => ({ ResourceTags: tags.list(String(input.ResourceARN)) }),
  };
}
