import { ServiceError } from "../../answer";
import {
  account,
  found,
  listAt,
  objectAt,
  omit,
  restService,
  Store,
  Tags,
  type Context,
  type JsonObject,
  type RestOperation,
  type StandIn,
} from "../../toolkit";

/** A kind of resource: the word of its operations, and the names that these give it. */
interface Kind {
  readonly word: string;
  readonly arnName: string;
  readonly field: string;
  /** What comes after the account in an ARN. */
  readonly path: (input: JsonObject) => string;
  /** What AWS says of it that nobody gave. */
  readonly given?: JsonObject;
}

const slug = ({ name }: JsonObject) => String(name).toLowerCase().replace(/[ _]/g, "-");

const kinds: readonly Kind[] = [
  {
    word: "Component",
    arnName: "componentBuildVersionArn",
    field: "component",
    path: (input) => `component/${slug(input)}/${String(input.semanticVersion)}/1`,
    given: { type: "BUILD", owner: account, encrypted: true },
  },
  {
    word: "ImageRecipe",
    arnName: "imageRecipeArn",
    field: "imageRecipe",
    path: (input) => `image-recipe/${slug(input)}/${String(input.semanticVersion)}`,
    given: { type: "AMI", owner: account, platform: "Linux" },
  },
  {
    word: "InfrastructureConfiguration",
    arnName: "infrastructureConfigurationArn",
    field: "infrastructureConfiguration",
    path: (input) => `infrastructure-configuration/${slug(input)}`,
  },
  {
    word: "DistributionConfiguration",
    arnName: "distributionConfigurationArn",
    field: "distributionConfiguration",
    path: (input) => `distribution-configuration/${slug(input)}`,
  },
  {
    word: "ImagePipeline",
    arnName: "imagePipelineArn",
    field: "imagePipeline",
    path: (input) => `image-pipeline/${slug(input)}`,
    given: { platform: "Linux", status: "ENABLED" },
  },
  {
    word: "LifecyclePolicy",
    arnName: "lifecyclePolicyArn",
    field: "lifecyclePolicy",
    path: (input) => `lifecycle-policy/${slug(input)}`,
    given: { status: "ENABLED" },
  },
];

/**
 * EC2 Image Builder: pipelines and what they are made of. A build is over at the first look: it makes an image of moto's
 * with the tags of the distribution, and runs nothing.
 */
export function imageBuilder(): StandIn {
  const resources = new Store<JsonObject>();
  const images = new Store<JsonObject>();
  const tags = new Tags();
  const resourceAt = (region: string, arn: unknown) =>
    found(
      resources.in(region).get(String(arn)) ?? images.in(region).get(String(arn)),
      "ResourceNotFoundException",
      `The resource with ARN '${String(arn)}' does not exist.`,
      404,
    );
  const withTags = (resource: JsonObject): JsonObject => ({
    ...resource,
    tags: tags.map(String(resource.arn)),
  });
  const operations = Object.fromEntries(kinds.flatMap((kind) => operationsOf(kind)));

  function operationsOf({ word, arnName, field, path, given }: Kind): [string, RestOperation][] {
    return [
      [
        `PUT /Create${word}`,
        ({ json }, context) => {
          const { tags: own = {}, clientToken, semanticVersion, ...settings } = json;
          const arn = context.arn("imagebuilder", path(json));
          if (resources.in(context.region).has(arn)) {
            throw new ServiceError(
              "ResourceAlreadyExistsException",
              `The following resource '${arn}' already exists.`,
            );
          }
          const version = semanticVersion === undefined ? {} : { version: semanticVersion };
          resources.in(context.region).set(arn, { ...given, ...settings, ...version, arn });
          tags.add(arn, Object.entries(own as Record<string, string>));
          return { clientToken, [arnName]: arn };
        },
      ],
      [
        `GET /Get${word}`,
        ({ query }, { region }) => ({ [field]: withTags(resourceAt(region, query.get(arnName))) }),
      ],
      [
        `PUT /Update${word}`,
        ({ json }, { region }) => {
          const { clientToken, [arnName]: arn, ...settings } = json;
          const { name } = resourceAt(region, arn);
          resources.in(region).set(String(arn), { ...given, ...settings, name, arn });
          return { clientToken, [arnName]: arn };
        },
      ],
      [
        `DELETE /Delete${word}`,
        ({ query }, { region }) => {
          const arn = query.get(arnName) ?? "";
          resourceAt(region, arn);
          const user = [...resources.in(region).values()].find(
            (one) => one.arn !== arn && JSON.stringify(one).includes(`"${arn}"`),
          );
          if (user !== undefined) {
            throw new ServiceError(
              "ResourceDependencyException",
              `The resource '${arn}' is used by '${String(user.arn)}'.`,
            );
          }
          resources.in(region).delete(arn);
          tags.drop(arn);
          return { [arnName]: arn };
        },
      ],
    ];
  }

  const build: RestOperation = async ({ json }, context) => {
    const { region } = context;
    const pipeline = resourceAt(region, json.imagePipelineArn);
    const recipe = resourceAt(region, pipeline.imageRecipeArn);
    const [distribution = {}] = listAt(
      resourceAt(region, pipeline.distributionConfigurationArn),
      "distributions",
    );
    const count = images.in(region).size + 1;
    const settings = objectAt(distribution, "amiDistributionConfiguration");
    const name = String(settings.name).replace("{{ imagebuilder:buildDate }}", `build ${count}`);
    const image = await registered(name, objectAt(settings, "amiTags"), context);
    const arn = context.arn("imagebuilder", `image/${slug(recipe)}/${String(recipe.version)}/${count}`);
    tags.add(arn, Object.entries(objectAt(json, "tags") as Record<string, string>));
    images.in(region).set(arn, {
      arn,
      name: recipe.name,
      version: recipe.version,
      type: "AMI",
      platform: "Linux",
      state: { status: "AVAILABLE" },
      sourcePipelineArn: pipeline.arn,
      dateCreated: new Date().toISOString(),
      outputResources: { amis: [{ region, image, name, accountId: account }] },
    });
    return { clientToken: json.clientToken, imageBuildVersionArn: arn };
  };

  return restService({
    service: "imagebuilder",
    complete: true,
    operations: {
      ...operations,
      "PUT /StartImagePipelineExecution": build,
      "GET /GetImage": ({ query }, { region }) => ({
        image: withTags(resourceAt(region, query.get("imageBuildVersionArn"))),
      }),
      "POST /ListImagePipelines": ({ json }, { region }) => {
        const [{ values = [] } = {}] = listAt(json, "filters");
        return {
          imagePipelineList: [...resources.in(region).values()]
            .filter(
              ({ arn, name }) =>
                String(arn).includes(":image-pipeline/") && (values as unknown[]).includes(name),
            )
            .map(withTags),
        };
      },
      "POST /ListImagePipelineImages": ({ json }, { region }) => ({
        imageSummaryList: [...images.in(region).values()]
          .filter(({ sourcePipelineArn }) => sourcePipelineArn === json.imagePipelineArn)
          .map((image) => withTags(omit(image, "sourcePipelineArn"))),
      }),
      "GET /tags/{arn}": ({ path }) => ({ tags: tags.map(path.arn ?? "") }),
      "POST /tags/{arn}": ({ path, json }) => {
        tags.add(path.arn ?? "", Object.entries(objectAt(json, "tags") as Record<string, string>));
        return {};
      },
      "DELETE /tags/{arn}": ({ path, query }) => {
        tags.remove(path.arn ?? "", query.getAll("tagKeys"));
        return {};
      },
    },
  });
}

/** The id of a new image of moto's. */
async function registered(name: string, tags: JsonObject, context: Context): Promise<string> {
  const marks = Object.entries(tags).flatMap(([key, value], index) => [
    [`TagSpecification.1.Tag.${index + 1}.Key`, key],
    [`TagSpecification.1.Tag.${index + 1}.Value`, String(value)],
  ]);
  const answer = await context.motoQuery("ec2", {
    Action: "RegisterImage",
    Version: "2016-11-15",
    Name: name,
    Architecture: "x86_64",
    RootDeviceName: "/dev/xvda",
    ...(marks.length === 0 ? {} : { "TagSpecification.1.ResourceType": "image" }),
    ...(Object.fromEntries(marks) as Record<string, string>),
  });
  return found(
    /<imageId>([^<]+)</.exec(answer)?.[1],
    "ServiceException",
    `moto registered no image: ${answer}`,
    500,
  );
}
