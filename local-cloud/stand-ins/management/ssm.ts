import { ServiceError } from "../../answer";
import {
  jsonService,
  MotoRefusal,
  scalar,
  textsAt,
  type Context,
  type JsonObject,
  type StandIn,
} from "../../toolkit";

/**
 * Systems Manager: the public parameters that name machine images, of which moto has those of Amazon Linux and
 * ECS only. Their value is an image of moto's of the same architecture, by the same publisher where there is
 * one: it exists, and nothing is ever booted from it.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
 */
export function ssm(): StandIn {
  return jsonService({
    service: "ssm",
    complete: false,
    operations: {
      GetParameter: async (input, context) => {
        try {
          return await context.motoJson("GetParameter", input);
        } catch (error) {
          const parameter =
            error instanceof MotoRefusal ? await imageParameter(scalar(input.Name), context) : undefined;
          if (parameter === undefined) {
            throw error;
          }
          return { Parameter: parameter };
        }
      },
      GetParameters: async (input, context) => {
        const answer = await context.motoJson("GetParameters", input);
        const missing = textsAt(answer, "InvalidParameters");
        const found = await Promise.all(missing.map((name) => imageParameter(name, context)));
        return {
          ...answer,
          Parameters: [...(answer.Parameters as JsonObject[]), ...found.filter((each) => each !== undefined)],
          InvalidParameters: missing.filter((_name, index) => found[index] === undefined),
        };
      },
    },
  });
}

/** The publishers whose parameters name images, and how their images are called in moto. */
const publishers: readonly (readonly [path: RegExp, image: string])[] = [
  [/^\/aws\/service\/canonical\/ubuntu\/.*\/ami-id$/, "ubuntu/images/*"],
  [/^\/aws\/service\/debian\/release\/\d+\/latest\/\w+$/, "ubuntu/images/*"],
  [/^\/aws\/service\/(ami-amazon-linux-latest|ecs\/optimized-ami|eks\/optimized-ami)\//, "al20*"],
];

async function imageParameter(name: string, context: Context): Promise<JsonObject | undefined> {
  const image = publishers.find(([path]) => path.test(name))?.[1];
  if (image === undefined) {
    return undefined;
  }
  const architecture = /arm64|aarch64/.test(name) ? "arm64" : "x86_64";
  // moto has Canonical's images of one architecture only.
  const value = (await imageOf(image, architecture, context)) ?? (await imageOf("*", architecture, context));
  if (value === undefined) {
    throw new ServiceError("ParameterNotFound", `the local cloud has no ${architecture} image for ${name}`);
  }
  return {
    Name: name,
    Type: "String",
    Value: value,
    Version: 1,
    ARN: `arn:aws:ssm:${context.region}::parameter${name}`,
    DataType: "aws:ec2:image",
  };
}

async function imageOf(name: string, architecture: string, context: Context): Promise<string | undefined> {
  const images = await context.motoQuery("ec2", {
    Action: "DescribeImages",
    Version: "2016-11-15",
    "Filter.1.Name": "name",
    "Filter.1.Value.1": name,
    "Filter.2.Name": "architecture",
    "Filter.2.Value.1": architecture,
  });
  return [...images.matchAll(/<imageId>(ami-\w+)<\/imageId>/g)]
    .map(([, id]) => id ?? "")
    .sort()
    .at(0);
}
