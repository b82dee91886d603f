import { ServiceError } from "../../answer";
import {
  account,
  found,
  jsonService,
  listAt,
  MotoRefusal,
  objectAt,
  pick,
  required,
  scalar,
  Store,
  textsAt,
  type Context,
  type JsonObject,
  type StandIn,
} from "../../toolkit";

const templateFields = [
  "prefix",
  "description",
  "encryptionConfiguration",
  "resourceTags",
  "imageTagMutability",
  "imageTagMutabilityExclusionFilters",
  "repositoryPolicy",
  "lifecyclePolicy",
  "appliedFor",
  "customRoleArn",
];
const ruleFields = [
  "ecrRepositoryPrefix",
  "upstreamRegistryUrl",
  "upstreamRegistry",
  "credentialArn",
  "customRoleArn",
  "upstreamRepositoryPrefix",
];
const settingDefaults: Readonly<Record<string, string>> = {
  BASIC_SCAN_TYPE_VERSION: "AWS_NATIVE",
  REGISTRY_POLICY_SCOPE: "V2",
  BLOB_MOUNTING: "DISABLED",
};
const invalid = "InvalidParameterException";

/**
 * ECR: creation templates, pull-through cache rules and account settings; images that are pushed
 * are scanned, and copied as the registry's replication says, at once. The rest is moto's.
 */
export function ecr(): StandIn {
  const templates = new Store<JsonObject>();
  const rules = new Store<JsonObject>();
  const settings = new Store<string>();
  return jsonService({
    service: "ecr",
    complete: false,
    operations: {
      ...templateOperations(templates),
      ...ruleOperations(rules),
      PutImage: async (input, context) => {
        const pushed = await context.motoJson("PutImage", input);
        await scan(input, context);
        for (const region of await destinationsOf(input, context)) {
          await replicate(input, context.inRegion(region), templates);
        }
        return pushed;
      },
      PutAccountSetting: (input, { region }) => {
        const { name, value } = required(input, invalid, "name", "value");
        if (!(name in settingDefaults)) {
          throw new ServiceError(invalid, `unknown account setting ${name}`);
        }
        settings.in(region).set(name, value);
        return { name, value };
      },
      GetAccountSetting: (input, { region }) => {
        const { name } = required(input, invalid, "name");
        return { name, value: settings.in(region).get(name) ?? settingDefaults[name] };
      },
    },
  });
}

/** The regions of the account that a repository is copied to. */
async function destinationsOf(input: JsonObject, context: Context): Promise<Set<string>> {
  const { repositoryName } = required(input, invalid, "repositoryName");
  const { replicationConfiguration } = await context.motoJson("DescribeRegistry", {});
  const rules = listAt(objectAt({ replicationConfiguration }, "replicationConfiguration"), "rules");
  const fitting = rules.filter((rule) => {
    const filters = listAt(rule, "repositoryFilters");
    return filters.length === 0 || filters.some(({ filter }) => repositoryName.startsWith(scalar(filter)));
  });
  const destinations = fitting.flatMap((rule) => listAt(rule, "destinations"));
  return new Set(
    destinations.filter(({ registryId }) => registryId === account).map(({ region }) => scalar(region)),
  );
}

/** ECR puts a slash at the end of a template's prefix that has none. */
function namespaceOf(prefix: string): string {
  return prefix.endsWith("/") ? prefix : `${prefix}/`;
}

/** Copies an image; ECR makes the repository by the template whose prefix fits best. */
async function replicate(input: JsonObject, there: Context, templates: Store<JsonObject>): Promise<void> {
  const { repositoryName } = required(input, invalid, "repositoryName");
  const [template = {}] = [...templates.in(there.region).values()]
    .filter(({ prefix, appliedFor }) => {
      const isFor = Array.isArray(appliedFor) && appliedFor.includes("REPLICATION");
      return isFor && (prefix === "ROOT" || repositoryName.startsWith(namespaceOf(scalar(prefix))));
    })
    .sort((left, right) => lengthOf(right) - lengthOf(left));
  const settings = pick(template, "imageTagMutability", "encryptionConfiguration");
  await unlessThere(
    there.motoJson("CreateRepository", { repositoryName, ...settings, tags: template.resourceTags ?? [] }),
  );
  await unlessThere(there.motoJson("PutImage", input));
  await scan(input, there);
}

/** Every push is scanned; moto, which finds one weakness in any image, scans none twice a day. */
async function scan(input: JsonObject, there: Context): Promise<void> {
  const { repositoryName, imageTag } = input;
  if (imageTag !== undefined) {
    await unlessThere(there.motoJson("StartImageScan", { repositoryName, imageId: { imageTag } }));
  }
}

function lengthOf({ prefix }: JsonObject): number {
  return prefix === "ROOT" ? 0 : scalar(prefix).length;
}

/** What stands already is as good as made. */
async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof MotoRefusal && error.answer.body.includes("AlreadyExists"))) {
      throw error;
    }
  }
}

function templateOperations(templates: Store<JsonObject>) {
  const answer = (repositoryCreationTemplate: JsonObject) => ({
    registryId: account,
    repositoryCreationTemplate,
  });
  const at = (region: string, prefix: string) =>
    found(
      templates.in(region).get(prefix),
      "TemplateNotFoundException",
      `The repository creation template for ${prefix} does not exist`,
    );
  return {
    CreateRepositoryCreationTemplate: (input: JsonObject, { region }: { region: string }) => {
      const { prefix } = required(input, invalid, "prefix", "appliedFor");
      if (templates.in(region).has(prefix)) {
        throw new ServiceError("TemplateAlreadyExistsException", `A template for ${prefix} already exists`);
      }
      const now = Date.now() / 1000;
      const defaults = {
        encryptionConfiguration: { encryptionType: "AES256" },
        imageTagMutability: "MUTABLE",
      };
      const template = { ...defaults, ...pick(input, ...templateFields), createdAt: now, updatedAt: now };
      templates.in(region).set(prefix, template);
      return answer(template);
    },
    DescribeRepositoryCreationTemplates: (input: JsonObject, { region }: { region: string }) => {
      const prefixes = textsAt(input, "prefixes");
      const chosen =
        prefixes.length > 0
          ? prefixes.map((prefix) => at(region, prefix))
          : [...templates.in(region).values()];
      return { registryId: account, repositoryCreationTemplates: chosen };
    },
    UpdateRepositoryCreationTemplate: (input: JsonObject, { region }: { region: string }) => {
      const { prefix } = required(input, invalid, "prefix");
      const changed = {
        ...at(region, prefix),
        ...pick(input, ...templateFields),
        updatedAt: Date.now() / 1000,
      };
      templates.in(region).set(prefix, changed);
      return answer(changed);
    },
    DeleteRepositoryCreationTemplate: (input: JsonObject, { region }: { region: string }) => {
      const { prefix } = required(input, invalid, "prefix");
      const template = at(region, prefix);
      templates.in(region).delete(prefix);
      return answer(template);
    },
  };
}

function ruleOperations(rules: Store<JsonObject>) {
  const at = (region: string, prefix: string) =>
    found(
      rules.in(region).get(prefix),
      "PullThroughCacheRuleNotFoundException",
      `The pull through cache rule for ${prefix} does not exist`,
    );
  return {
    CreatePullThroughCacheRule: (input: JsonObject, { region }: { region: string }) => {
      const { ecrRepositoryPrefix } = required(input, invalid, "ecrRepositoryPrefix", "upstreamRegistryUrl");
      if (rules.in(region).has(ecrRepositoryPrefix)) {
        throw new ServiceError(
          "PullThroughCacheRuleAlreadyExistsException",
          `A pull through cache rule for ${ecrRepositoryPrefix} already exists`,
        );
      }
      const rule = {
        ...pick(input, ...ruleFields),
        registryId: account,
        createdAt: Date.now() / 1000,
      };
      rules.in(region).set(ecrRepositoryPrefix, rule);
      return rule;
    },
    DescribePullThroughCacheRules: (input: JsonObject, { region }: { region: string }) => {
      const prefixes = textsAt(input, "ecrRepositoryPrefixes");
      const chosen =
        prefixes.length > 0 ? prefixes.map((prefix) => at(region, prefix)) : [...rules.in(region).values()];
      return { pullThroughCacheRules: chosen };
    },
    UpdatePullThroughCacheRule: (input: JsonObject, { region }: { region: string }) => {
      const { ecrRepositoryPrefix } = required(input, invalid, "ecrRepositoryPrefix");
      const changes = pick(input, "credentialArn", "customRoleArn");
      const rule = { ...at(region, ecrRepositoryPrefix), ...changes, updatedAt: Date.now() / 1000 };
      rules.in(region).set(ecrRepositoryPrefix, rule);
      return rule;
    },
    DeletePullThroughCacheRule: (input: JsonObject, { region }: { region: string }) => {
      const { ecrRepositoryPrefix } = required(input, invalid, "ecrRepositoryPrefix");
      const rule = at(region, ecrRepositoryPrefix);
      rules.in(region).delete(ecrRepositoryPrefix);
      return rule;
    },
  };
}
