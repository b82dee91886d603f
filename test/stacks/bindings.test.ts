import fc from "fast-check";

import { ValidationError, type Permission } from "../../core";
import type { Environment, EnvironmentInput } from "../../environments";
import { bindingOf } from "../../stacks/bindings";
import { check, sample, service } from "../environments/sample";
import { resourceAt } from "../support/synth";
import { stackOf } from "./sample-stacks";

const home = "eu-west-1";
const away = "eu-central-1";
const key = { partitionKey: { name: "id", type: "S" } } as const;

type Uses = Readonly<Record<string, { of: string; access: string }>>;

/** What the environment offers, and what services ask of it: some of it right, some of it wrong. */
const tables = fc.dictionary(
  fc.constantFrom("orders", "carts", "order-lines", "sessions"),
  fc.record({
    isHomeOnly: fc.boolean(),
    hasKeys: fc.boolean(),
  }),
);
const use = fc.record({
  of: fc.oneof(
    { arbitrary: fc.constantFrom("tables.orders", "tables.carts", "tables.order-lines"), weight: 8 },
    {
      arbitrary: fc.constantFrom("tables.sessions", "tables.constructor", "queues.orders", "orders"),
      weight: 1,
    },
  ),
  access: fc.oneof(
    { arbitrary: fc.constantFrom("read", "read-write"), weight: 12 },
    { arbitrary: fc.constantFrom("write", "send", "toString"), weight: 1 },
  ),
});
const services = fc.dictionary(
  fc.constantFrom("web", "api", "worker"),
  fc.record({
    regions: fc.constantFrom([home], [home, away]),
    uses: fc.dictionary(fc.constantFrom("A", "B", "C", "TAKEN"), use, { maxKeys: 4 }),
  }),
  { minKeys: 1 },
);

const keyArn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1`;

function inputOf(
  offered: Readonly<Record<string, { isHomeOnly: boolean; hasKeys: boolean }>>,
  users: Readonly<Record<string, { regions: readonly string[]; uses: Uses }>>,
): EnvironmentInput {
  return sample({
    recovery: { rtoSeconds: 156, survives: 0 },
    tables: Object.fromEntries(
      Object.entries(offered).map(([name, { isHomeOnly, hasKeys }]) => {
        const regions = isHomeOnly ? [home] : [home, away];
        const kmsKeyArns = Object.fromEntries(regions.map((region) => [region, keyArn(region)]));
        return [name, { ...key, replicas: regions.slice(1), ...(hasKeys && { kmsKeyArns }) }];
      }),
    ),
    services: Object.fromEntries(
      Object.entries(users).map(([name, { regions, uses }]) => [
        name,
        service({ regions, environment: { TAKEN: "mine" }, uses: uses as never }),
      ]),
    ),
  });
}

/** The paths of everything in `uses` that is wrong, by a reading of the rules that shares nothing with them. */
function wrongPaths(input: EnvironmentInput): string[] {
  return Object.entries(input.services ?? {})
    .flatMap(([name, { uses = {}, regions = [] }]) =>
      Object.entries(uses).flatMap(([variable, { of, access }]) => {
        const path = `services.${name}.uses.${variable}`;
        const table = Object.entries(input.tables ?? {}).find(([each]) => of === `tables.${each}`)?.[1];
        const isHeld = table !== undefined && (regions.length === 1 || table.replicas?.length === 1);
        const hasAccess = !of.startsWith("tables.") || ["read", "read-write"].includes(access);
        return [
          ...(isHeld ? [] : [`${path}.of`]),
          ...(hasAccess ? [] : [`${path}.access`]),
          ...(variable === "TAKEN" ? [path] : []),
        ];
      }),
    )
    .sort();
}

function problemPaths(input: EnvironmentInput): string[] | undefined {
  try {
    check(input);
    return undefined;
  } catch (error) {
    if (!(error instanceof ValidationError)) {
      throw error;
    }
    return error.problems.map(({ property }) => property).sort();
  }
}

const writes = new Set(
  ["DeleteItem", "PutItem", "UpdateItem", "BatchWriteItem"].map((name) => `dynamodb:${name}`),
);

/** The tables that permissions are about, with what may be done there. */
function accessesIn(permissions: readonly Permission[]): [string, string][] {
  return permissions
    .filter(({ actions }) => actions.some((action) => action.startsWith("dynamodb:")))
    .flatMap(({ actions, resources }) =>
      resources.map((resource): [string, string] => [
        resource,
        actions.some((action) => writes.has(action)) ? "read-write" : "read",
      ]),
    )
    .sort();
}

function expectExactGrants(environment: Environment, name: string, region: string): void {
  const used = environment.services[name];
  const uses = Object.values(used?.uses ?? {});
  const names = [...new Set(uses.map((each) => each.of.slice("tables.".length)))];
  const binding = bindingOf(environment, { uses: used?.uses ?? {} }, region);
  const permissions = binding.grants.flatMap((grant) => grant.permissions);

  expect(accessesIn(permissions)).toEqual(
    names
      .map((table): [string, string] => [
        `arn:aws:dynamodb:${region}:111122223333:table/sample-${table}`,
        uses.some(({ of, access }) => of === `tables.${table}` && access === "read-write")
          ? "read-write"
          : "read",
      ])
      .sort(),
  );
  const keys = permissions.flatMap(({ actions, resources }) =>
    actions.some((action) => action.startsWith("kms:")) ? resources : [],
  );
  expect(keys).toEqual(
    names.filter((table) => environment.tables[table]?.kmsKeyArns !== undefined).map(() => keyArn(region)),
  );
  expect(binding.variables).toEqual(
    Object.fromEntries(
      Object.entries(used?.uses ?? {}).map(([variable, { of }]) => [
        variable,
        `sample-${of.slice("tables.".length)}`,
      ]),
    ),
  );
}

describe("what services use", () => {
  it("is refused at exactly the paths that are wrong, or granted exactly as asked", () => {
    let granted = 0;
    fc.assert(
      fc.property(tables, services, (offered, users) => {
        const input = inputOf(offered, users);
        const wrong = wrongPaths(input);

        expect(problemPaths(input) ?? []).toEqual(wrong);
        if (wrong.length === 0) {
          const [environment] = check(input) as [Environment];
          for (const [name, { regions }] of Object.entries(users)) {
            regions.forEach((region) => {
              expectExactGrants(environment, name, region);
            });
            granted += 1;
          }
        }
      }),
      { numRuns: 200, seed: 12 },
    );
    expect(granted).toBeGreaterThan(30);
  });
});

describe.each([
  ["fargate", "Service-Web"],
  ["app-runner", "AppRunner-Web"],
] as const)("a service on %s", (runtime, id) => {
  const web = service({
    runtime,
    uses: {
      SESSIONS: { of: "tables.sessions", access: "read" },
      CARTS: { of: "tables.carts", access: "read" },
      OLD_CARTS: { of: "tables.carts", access: "read-write" },
    },
    ...(runtime === "app-runner" && { cpu: 1024, memoryMiB: 2048, capacity: { minimum: 1, maximum: 4 } }),
  });
  const region = stackOf(
    sample({
      tables: {
        sessions: key,
        carts: { ...key, kmsKeyArns: { [home]: keyArn(home), [away]: keyArn(away) } },
      },
      services: { web },
      appRunner: { existingCustomer: true },
      recovery: { rtoSeconds: 156, survives: 0 },
    }),
    home,
  );
  const policyOf = (table: string): { Statement: { Sid: string; Action: string[]; Resource: string[] }[] } =>
    JSON.parse(
      String(resourceAt(region, "aws_iam_role_policy", `${id}/Table-${table}/Resource`).policy),
    ) as never;

  it("may read what it reads, by a policy of its own role", () => {
    expect(policyOf("Sessions").Statement).toEqual([
      {
        Sid: "Items",
        Effect: "Allow",
        Action: ["BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan"].map(
          (action) => `dynamodb:${action}`,
        ),
        Resource: [`arn:aws:dynamodb:${home}:111122223333:table/sample-sessions`],
      },
    ]);
  });

  it("may write where one of its uses does, with the key of its region", () => {
    expect(policyOf("Carts").Statement.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ["Items", [`arn:aws:dynamodb:${home}:111122223333:table/sample-carts`]],
      ["Keys", [keyArn(home)]],
    ]);
    expect(policyOf("Carts").Statement[0]?.Action).toContain("dynamodb:PutItem");
  });

  it("has the policy of another access before the former one goes", () => {
    const { lifecycle } = resourceAt(region, "aws_iam_role_policy", `${id}/Table-Carts/Resource`);

    expect(lifecycle).toEqual({ create_before_destroy: true });
  });

  it("is told the names by its variables", () => {
    const container =
      runtime === "fargate"
        ? resourceAt(region, "aws_ecs_task_definition").container_definitions
        : resourceAt(region, "aws_apprunner_service").source_configuration;

    for (const variable of ["SESSIONS", "CARTS", "OLD_CARTS"]) {
      expect(JSON.stringify(container)).toContain(variable);
    }
  });
});
