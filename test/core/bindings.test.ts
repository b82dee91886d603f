import { InternalError, mergeBindings, type Binding } from "../../core";

const queue: Partial<Binding> = {
  variables: { ORDERS_URL: "https://sqs.eu-west-1.amazonaws.com/111122223333/prod-orders" },
  grants: [
    {
      id: "Queue-Orders",
      policyName: "prod-orders-send",
      permissions: [
        { actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-west-1:111122223333:prod-orders"] },
      ],
    },
  ],
};
const database: Partial<Binding> = {
  variables: { DB_HOST: "orders.example.com" },
  secrets: { DB_PASSWORD: "prod/orders:password" },
  secretKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/1"],
  egress: { "databases.orders": { to: "network", port: 5432, protocol: "tcp" } },
};

describe("mergeBindings", () => {
  it("gives nothing to who uses nothing", () => {
    expect(mergeBindings([])).toEqual({
      variables: {},
      secrets: {},
      secretKeyArns: [],
      grants: [],
      egress: {},
    });
  });

  it("gives all that the things used give, and each key once", () => {
    const { secretKeyArns } = database;

    expect(mergeBindings([queue, database, { secretKeyArns }])).toEqual({
      variables: { ...queue.variables, ...database.variables },
      secrets: database.secrets,
      secretKeyArns,
      grants: queue.grants,
      egress: database.egress,
    });
  });

  it.each<[string, Partial<Binding>, Partial<Binding>, string]>([
    ["variables", queue, { variables: queue.variables }, "variable 'ORDERS_URL'"],
    ["a variable and a secret", database, { variables: database.secrets }, "variable 'DB_PASSWORD'"],
    ["connections", database, { egress: database.egress }, "connection 'databases.orders'"],
    ["construct ids", queue, { grants: queue.grants }, "construct id 'Queue-Orders'"],
    [
      "policies",
      queue,
      { grants: queue.grants?.map((grant) => ({ ...grant, id: "Other" })) },
      "policy 'prod-orders-send'",
    ],
  ])("loses no %s of one name", (_, left, right, what) => {
    expect(() => mergeBindings([left, right])).toThrow(new InternalError(`two bindings give the ${what}`));
  });
});
