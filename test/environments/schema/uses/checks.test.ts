import type { Environment, EnvironmentInput } from "../../../../environments";
import { usesCheck } from "../../../../environments/schema/uses/checks";
import type { Offer } from "../../../../environments/schema/uses/offer";
import { check, refusalsOfUntyped, sample, service } from "../../sample";

const key = { partitionKey: { name: "id", type: "S" } } as const;
const tables: EnvironmentInput["tables"] = { sessions: key, orders: key };
const where = "environments/sample.ts: 'services.web.uses";

/** Refusals of a service that uses something, of which the compiler has not seen everything. */
function refusalsOf(uses: object, changes: object = {}, environment: object = {}): string[] {
  return refusalsOfUntyped({
    tables,
    services: { web: { ...service(), uses, ...changes } },
    ...environment,
  });
}

describe("checkUses", () => {
  it("takes a table that is copied to every region of the services that use it", () => {
    const web = service({ uses: { SESSIONS: { of: "tables.sessions", access: "read" } } });
    const [environment] = check(sample({ tables, services: { web } }));

    expect(environment?.services.web?.uses).toEqual({
      SESSIONS: { of: "tables.sessions", noun: "tables", name: "sessions", access: "read" },
    });
  });

  it("takes one thing under two variables", () => {
    const read = { of: "tables.sessions", access: "read" } as const;
    const web = service({ uses: { SESSIONS: read, OLD_SESSIONS: { ...read, access: "read-write" } } });

    expect(check(sample({ tables, services: { web } }))).toHaveLength(1);
  });

  it.each([
    ["tables.session", "write 'tables.sessions', or add it to 'tables'"],
    ["tables.toString", "write 'tables.sessions', or add it to 'tables'"],
    ["tables.", "write 'tables.orders', or add it to 'tables'"],
    ["tables.orders.items", "write 'tables.orders', or add it to 'tables'"],
  ])("refuses %s, which the environment does not describe", (of, remedy) => {
    expect(refusalsOf({ SESSIONS: { of, access: "read" } })).toEqual([
      `${where}.SESSIONS.of' must be one of the environment's tables, got "${of}"; ${remedy}`,
    ]);
  });

  it("tells to describe a table where there is none", () => {
    expect(refusalsOf({ SESSIONS: { of: "tables.sessions", access: "read" } }, {}, { tables: {} })).toEqual([
      `${where}.SESSIONS.of' must be one of the environment's tables, got "tables.sessions"; add it to 'tables'`,
    ]);
  });

  it.each(["sessions", "table.sessions", "queues.sesions", "constructor.sessions", ".sessions"])(
    "refuses %s, which names nothing that services can use",
    (of) => {
      expect(refusalsOf({ SESSIONS: { of, access: "read" } })).toEqual([
        `${where}.SESSIONS.of' must name something of 'tables', as '<key>.<name>', got "${of}"; ` +
          "write 'tables.sessions'",
      ]);
    },
  );

  it("tells what can be used where the environment describes nothing", () => {
    expect(refusalsOf({ SESSIONS: { of: "sessions", access: "read" } }, {}, { tables: {} })).toEqual([
      `${where}.SESSIONS.of' must name something of 'tables', as '<key>.<name>', got "sessions"; ` +
        "add it to 'tables', and write 'tables.<name>'",
    ]);
  });

  it("refuses a table without a copy where the service runs", () => {
    expect(
      refusalsOf(
        { SESSIONS: { of: "tables.sessions", access: "read" } },
        {},
        { tables: { sessions: { ...key, replicas: [] } } },
      ),
    ).toEqual([
      `${where}.SESSIONS.of' must be in every region of the service, got "tables.sessions"; ` +
        "add eu-central-1 to 'tables.sessions.replicas', or run the service without eu-central-1",
    ]);
  });

  it.each([
    ["send", "choose one of them"],
    ["write", "choose one of them"],
    ["read-writ", "write 'read-write'"],
  ])("refuses the access %s, which tables do not have", (access, remedy) => {
    expect(refusalsOf({ SESSIONS: { of: "tables.sessions", access } })).toEqual([
      `${where}.SESSIONS.access' must be an access that tables have: 'read', 'read-write', got "${access}"; ${remedy}`,
    ]);
  });

  it("refuses a variable that has a value already", () => {
    expect(
      refusalsOf(
        {
          SESSIONS: { of: "tables.sessions", access: "read" },
          ORDERS: { of: "tables.orders", access: "read" },
        },
        { environment: { SESSIONS: "mine" }, secrets: { ORDERS: "web/orders" } },
      ),
    ).toEqual([
      `${where}.SESSIONS' must give no variable that 'environment' gives as well, got "SESSIONS"; ` +
        "rename one of the two, or remove it",
      `${where}.ORDERS' must give no variable that 'secrets' gives as well, got "ORDERS"; ` +
        "rename one of the two, or remove it",
    ]);
  });

  it.each([
    "AWS_REGION",
    "AWSAPPRUNNER_TABLE",
    "ECS_CONTAINER_METADATA_URI_V4",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
  ])("refuses %s, which AWS sets itself", (variable) => {
    expect(refusalsOf({ [variable]: { of: "tables.sessions", access: "read" } })).toEqual([
      `${where}.${variable}' must not be a variable that AWS sets itself, such as 'AWS_REGION', ` +
        `got "${variable}"; rename it`,
    ]);
  });

  it("tells all that is wrong at once", () => {
    expect(
      refusalsOf(
        {
          AWS_TABLE: { of: "tables.sessions", access: "send" },
          ORDERS: { of: "orders", access: "read" },
          CARTS: { of: "tables.cart", access: "all" },
        },
        { environment: { ORDERS: "mine" } },
        { tables: { sessions: { ...key, replicas: [] }, orders: key } },
      ).map((line) => /'(services[^']*)'/.exec(line)?.[1]),
    ).toEqual([
      "services.web.uses.AWS_TABLE.of",
      "services.web.uses.AWS_TABLE.access",
      "services.web.uses.ORDERS.of",
      "services.web.uses.CARTS.of",
      "services.web.uses.CARTS.access",
      "services.web.uses.AWS_TABLE",
      "services.web.uses.ORDERS",
    ]);
  });

  it("refuses a use without its two keys, and others", () => {
    expect(refusalsOf({ SESSIONS: { of: "tables.sessions", acces: "read" }, ORDERS: "orders" })).toEqual([
      `${where}.SESSIONS.acces' must be a known key, got "acces"; write 'access'`,
      `${where}.ORDERS' must be an object, got "orders"; write an object`,
    ]);
  });
});

describe("the check of a noun with several values", () => {
  const database: Offer = {
    accesses: ["connect"],
    variableEndings: ["_HOST", "_PASSWORD"],
    held: ({ regions }: Environment) =>
      new Map([["orders", { regions: Object.keys(regions), remedy: () => "add a replica" }]]),
  };
  const [environment] = check(sample());
  const findings = (uses: Record<string, string>, variables: Record<string, string> = {}) => {
    const [name, web] = Object.entries(environment?.services ?? {})[0] ?? [];
    const parsed = Object.entries(uses).map(([variable, of]) => [
      variable,
      { of, noun: "databases", name: of.slice("databases.".length), access: "connect" },
    ]);
    const using = { ...web, environment: variables, uses: Object.fromEntries(parsed) as object };
    return usesCheck({ databases: database })({
      ...environment,
      services: { [name ?? ""]: using },
    } as Environment);
  };

  it("refuses each variable that has a value already, and the bare key is none of them", () => {
    expect(
      findings({ DB: "databases.orders" }, { DB: "mine", DB_HOST: "mine", DB_PASSWORD: "mine" }).map(
        ({ property, got }) => [property, got],
      ),
    ).toEqual([
      ["services.web.uses.DB", "DB_HOST"],
      ["services.web.uses.DB", "DB_PASSWORD"],
    ]);
  });

  it("refuses two uses that give one variable", () => {
    const tableOf = usesCheck({ databases: database, tables: { ...database, variableEndings: [""] } });
    const [web] = Object.values(environment?.services ?? {});
    const uses = {
      DB: { of: "databases.orders", noun: "databases", name: "orders", access: "connect" },
      DB_HOST: { of: "tables.orders", noun: "tables", name: "orders", access: "connect" },
    };

    expect(
      tableOf({ ...environment, services: { web: { ...web, uses } } } as unknown as Environment),
    ).toEqual([
      {
        property: "services.web.uses.DB_HOST",
        expected: "give no variable that 'uses.DB' gives as well",
        got: "DB_HOST",
        remedy: "rename one of the two, or remove it",
      },
    ]);
  });
});

describe("the key 'tables' of a service", () => {
  it("is refused with what to write instead", () => {
    expect(
      refusalsOfUntyped({
        tables,
        services: { web: { ...service(), tables: { SESSIONS_TABLE: "sessions", ORDERS: "orders" } } },
      }),
    ).toEqual([
      "environments/sample.ts: 'services.web.tables' must be written as 'uses', " +
        'got {"SESSIONS_TABLE":"sessions","ORDERS":"orders"}; ' +
        'write uses: { SESSIONS_TABLE: { of: "tables.sessions", access: "read-write" }, ' +
        'ORDERS: { of: "tables.orders", access: "read-write" } }',
    ]);
  });

  it.each([[{}], [["orders"]], [7]])("is refused with an example where it was %j", (value) => {
    const [line] = refusalsOfUntyped({ services: { web: { ...service(), tables: value } } });

    expect(line).toContain("'services.web.tables' must be written as 'uses'");
  });

  it("stays unknown elsewhere", () => {
    expect(refusalsOfUntyped({ recovery: { rtoSeconds: 156, survives: 1, tables: {} } })).toEqual([
      "environments/sample.ts: 'recovery.tables' must be one of rtoSeconds, survives, routingControls, got \"tables\"; " +
        "remove it; the nearest known key is 'survives'",
    ]);
  });
});
