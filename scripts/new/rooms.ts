import type { NounNames } from "./names";

/** The files of a noun, by their paths from the root. Each compiles and is tested as it is written. */
export function filesOf(names: NounNames): Readonly<Record<string, string>> {
  const { noun } = names;
  return {
    [`modules/${noun}/README.md`]: moduleReadme(names),
    [`modules/${noun}/index.ts`]: `export * from "./${noun}";\nexport * from "./${noun}-props";\n`,
    [`modules/${noun}/${noun}.ts`]: construct(names),
    [`modules/${noun}/${noun}-props.ts`]: props(names),
    [`modules/${noun}/rules.ts`]: rules(names),
    [`test/modules/${noun}/${noun}.test.ts`]: constructTest(names),
    [`environments/schema/${noun}/settings.ts`]: settings(names),
    [`environments/schema/${noun}/checks.ts`]: checks(names),
    [`test/environments/schema/${noun}/checks.test.ts`]: checksTest(names),
    [`examples/${noun}/main.ts`]: example(names),
    [`examples/${noun}/README.md`]: exampleReadme(names),
  };
}

/** The one line that each shared file gets. */
export function sharedLinesOf(names: NounNames): Readonly<Record<string, string>> {
  const { noun, construct, key } = names;
  return {
    "index.ts": `export * from "./modules/${noun}";\n`,
    "environments/schema/nouns.ts": `export { ${key} } from "./${noun}/settings";\n`,
    "environments/schema/checks/nouns.ts": `export { check${construct} } from "../${noun}/checks";\n`,
  };
}

const moduleReadme = ({ noun, construct, words }: NounNames): string => `# ${noun}

\`\`\`ts
new ${construct}(stack, "${construct}", { name: "prod-orders" });
\`\`\`

## Creates

A log group, which is where a ${words} begins: put the resources that it is made of beside it.

## Cost

CloudWatch Logs bills what is written to the group and what it keeps.
`;

const construct = ({
  noun,
  construct,
  words,
}: NounNames): string => `import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";

import { validate } from "../parts";
import type { ${construct}Props } from "./${noun}-props";
import { rules } from "./rules";

/**
 * A ${words} and its log.
 *
 * Creates a CloudWatch log group.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
 */
export class ${construct} extends Construct {
  /** The log group, for settings that this module does not model. */
  public readonly resource: CloudwatchLogGroup;

  public constructor(scope: Construct, id: string, props: ${construct}Props) {
    super(scope, id);
    validate(this, rules, props);

    this.resource = new CloudwatchLogGroup(this, "Resource", {
      name: \`/meridian/${noun}/\${props.name}\`,
      retentionInDays: props.logRetentionDays ?? 30,
      kmsKeyId: props.logKeyArn,
    });
  }
}
`;

const props = ({ construct, words }: NounNames): string => `/** What a ${words} is like. */
export interface ${construct}Props {
  /** Its name, unique in the account and region. */
  readonly name: string;
  /**
   * Days that its log is kept.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts its log.
   *
   * @default - a key that AWS owns
   */
  readonly logKeyArn?: string;
}
`;

const rules = ({
  noun,
  construct,
  words,
}: NounNames): string => `import { kebabName, kmsKeyArn, logRetention } from "../../core/forms";
import { hasForm, type ValidationRule } from "../parts";
import type { ${construct}Props } from "./${noun}-props";

/** What a ${words} must obey, in the order of the props. */
export const rules: readonly ValidationRule<${construct}Props>[] = [
  hasForm("name", kebabName()),
  hasForm("logRetentionDays", logRetention),
  hasForm("logKeyArn", kmsKeyArn),
];
`;

const constructTest = ({
  noun,
  construct,
}: NounNames): string => `import { ${construct}, type ${construct}Props } from "../../../modules/${noun}";
import { emptyStack, refusal, resourceAt } from "../../support/synth";

function stackWith(changes: Partial<${construct}Props> = {}) {
  const stack = emptyStack();
  new ${construct}(stack, "${construct}", { name: "prod-orders", ...changes });
  return stack;
}

describe("${construct}", () => {
  it("keeps its log for 30 days where nothing else is said", () => {
    expect(resourceAt(stackWith(), "aws_cloudwatch_log_group")).toEqual({
      name: "/meridian/${noun}/prod-orders",
      retention_in_days: 30,
    });
  });

  it("takes every setting", () => {
    const logKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    expect(resourceAt(stackWith({ logRetentionDays: 7, logKeyArn }), "aws_cloudwatch_log_group")).toEqual({
      name: "/meridian/${noun}/prod-orders",
      retention_in_days: 7,
      kms_key_id: logKeyArn,
    });
  });

  it("refuses everything that is wrong at once", () => {
    const problems = refusal(() => stackWith({ name: "Prod_Orders", logRetentionDays: 31, logKeyArn: "key" }));

    expect(problems.split("\\n")).toEqual([
      \`test/${construct}: 'name' must be lower-case letters, digits and single hyphens, starting with a letter, got "Prod_Orders"; choose a name like 'prod-web'\`,
      expect.stringContaining("test/${construct}: 'logRetentionDays' must be one of 1, 3, 5, 7,"),
      expect.stringContaining("test/${construct}: 'logKeyArn' must be the ARN of a KMS key, got \\"key\\""),
    ]);
  });
});
`;

const settings = ({ construct, key, variable, words }: NounNames): string => `import { z } from "zod";

import { kebabName } from "../../../core/forms";
import { listOf, mapOf, section, textOf } from "../fields";

const ${variable}Schema = section({
  /**
   * Regions that have it.
   *
   * @default - all of the environment
   */
  regions: listOf(z.string()).optional(),
});

/**
 * Key of an environment: every ${words} by its name.
 *
 * @default - none
 */
export const ${key} = mapOf(textOf(kebabName(32)), ${variable}Schema).prefault({});

/** A ${words} of an environment. */
export type ${construct}Settings = z.output<typeof ${variable}Schema>;
`;

const checks = ({
  construct,
  key,
  words,
}: NounNames): string => `import type { Finding } from "../checks/finding";
import type { Environment } from "../environment";
import { strangeRegion } from "../network/regions";

/** The regions of each ${words} are the environment's. */
export function check${construct}({ ${key}, regions }: Environment): Finding[] {
  const names = Object.keys(regions);
  return Object.entries(${key}).flatMap(([name, { regions: own = [] }]) =>
    own.flatMap((region, index) =>
      names.includes(region) ? [] : [strangeRegion(\`${key}.\${name}.regions.\${index}\`, region, names)],
    ),
  );
}
`;

const checksTest = ({
  construct,
  key,
}: NounNames): string => `import { check, refusals, sample } from "../../sample";

describe("check${construct}", () => {
  it("takes regions of the environment, and needs none to be named", () => {
    expect(check(sample({ ${key}: { orders: {}, billing: { regions: ["eu-west-1"] } } }))).toHaveLength(1);
  });

  it("refuses a region that the environment has not", () => {
    expect(refusals(sample({ ${key}: { orders: { regions: ["eu-west-1", "us-east-1"] } } }))).toEqual([
      expect.stringContaining("environments/sample.ts: '${key}.orders.regions.1' must be one of"),
    ]);
  });

  it("refuses a name that resources cannot have", () => {
    expect(refusals(sample({ ${key}: { Orders_1: {} } }))).toEqual([
      "environments/sample.ts: '${key}.Orders_1' must be at most 32 lower-case letters, digits and single hyphens, starting with a letter, got \\"Orders_1\\"; shorten or respell the name",
    ]);
  });
});
`;

const example = ({ noun, construct, words }: NounNames): string => `/** A ${words} in one region. */
import { App } from "cdktf";

import { ${construct} } from "../../index";
import { RegionStack } from "../support/stack";

const app = new App();
const stack = new RegionStack(app, "${noun}", "eu-west-1");

new ${construct}(stack, "${construct}", { name: "example-orders" });

app.synth();
`;

const exampleReadme = ({ noun, words }: NounNames): string => `# ${noun}

A ${words} in one region.

\`\`\`
npx cdktf deploy --app "npx tsx examples/${noun}/main.ts" '*'
\`\`\`
`;
