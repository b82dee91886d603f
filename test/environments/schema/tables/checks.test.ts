import type { EnvironmentInput } from "../../../../environments";
import { refusals, sample } from "../../sample";

type Table = NonNullable<EnvironmentInput["tables"]>[string];

const sessions = (changes: Partial<Table> = {}): Table => ({
  partitionKey: { name: "id", type: "S" },
  ...changes,
});

describe("checkTables", () => {
  it("refuses replicas in the home region and in regions that the environment does not have", () => {
    const tables = { sessions: sessions({ replicas: ["eu-west-1", "us-east-1"] }) };

    expect(refusals(sample({ tables }))).toEqual([
      "environments/sample.ts: 'tables.sessions.replicas.0' must not be the home region, which holds the table itself, " +
        'got "eu-west-1"; remove it',
      "environments/sample.ts: 'tables.sessions.replicas.1' must be one of the environment's regions " +
        "(eu-west-1, eu-central-1), got \"us-east-1\"; write 'eu-west-1', or add the region to 'regions'",
    ]);
  });

  it("refuses a key of another region and a missing one", () => {
    const kmsKeyArns = { "eu-west-1": "arn:aws:kms:us-east-1:111122223333:key/1" };
    const line = (region: string, got: string) =>
      `environments/sample.ts: 'tables.sessions.kmsKeyArns.${region}' must be the ARN of a KMS key in ${region}, ` +
      `got ${got}; name a key for every region that holds a copy, or for none`;

    expect(refusals(sample({ tables: { sessions: sessions({ kmsKeyArns }) } }))).toEqual([
      line("eu-west-1", '"arn:aws:kms:us-east-1:111122223333:key/1"'),
      line("eu-central-1", "nothing"),
    ]);
  });

  it("refuses a maximum below the minimum", () => {
    const provisioned = { read: { minimum: 10, maximum: 5 }, write: { minimum: 1, maximum: 5 } };

    expect(refusals(sample({ tables: { sessions: sessions({ provisioned }) } }))).toEqual([
      "environments/sample.ts: 'tables.sessions.provisioned.read.maximum' must be at least the minimum, " +
        'got {"minimum":10,"maximum":5}; raise it, or lower the minimum',
    ]);
  });
});
