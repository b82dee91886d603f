import {
  jsonService,
  listAt,
  objectAt,
  tagOperations,
  Tags,
  textAt,
  type Context,
  type JsonObject,
  type StandIn,
} from "../../toolkit";

/** Application Auto Scaling: tags of scalable targets, which moto does not keep. */
export function applicationAutoScaling(): StandIn {
  const tags = new Tags();
  const shared = tagOperations(tags, "ResourceARN");
  return jsonService({
    service: "application-autoscaling",
    complete: false,
    operations: {
      RegisterScalableTarget: async (input, context) => {
        const output = await context.motoJson("RegisterScalableTarget", input);
        const arn = textAt(output, "ScalableTargetARN") ?? (await arnOfTarget(input, context));
        tags.add(arn, Object.entries(objectAt(input, "Tags")) as [string, string][]);
        return { ScalableTargetARN: arn };
      },
      DeregisterScalableTarget: async (input, context) => {
        const arn = await arnOfTarget(input, context);
        const output = await context.motoJson("DeregisterScalableTarget", input);
        tags.drop(arn);
        return output;
      },
      TagResource: (input) => {
        tags.add(String(input.ResourceARN), Object.entries(objectAt(input, "Tags")) as [string, string][]);
      },
      UntagResource: shared.UntagResource ?? (() => undefined),
      ListTagsForResource: (input) => ({ Tags: tags.map(String(input.ResourceARN)) }),
    },
  });
}

async function arnOfTarget(input: JsonObject, context: Context): Promise<string> {
  const output = await context.motoJson("DescribeScalableTargets", {
    ServiceNamespace: input.ServiceNamespace,
    ResourceIds: [input.ResourceId],
    ScalableDimension: input.ScalableDimension,
  });
  return textAt(listAt(output, "ScalableTargets")[0] ?? {}, "ScalableTargetARN") ?? "";
}
