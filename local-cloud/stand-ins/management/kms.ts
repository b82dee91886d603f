import { jsonService, objectAt, textAt, type StandIn } from "../../toolkit";

/**
 * KMS: multi-region keys. moto gives a replica the description and policy of the primary and no tags, and calls
 * the primary a replica as soon as a replica exists, because both share one record. Which one is the primary is told by the ARN.
 */
export function kms(): StandIn {
  return jsonService({
    service: "kms",
    complete: false,
    operations: {
      ReplicateKey: async (input, context) => {
        const output = await context.motoJson("ReplicateKey", input);
        const replica = context.inRegion(String(input.ReplicaRegion));
        const KeyId = textAt(objectAt(output, "ReplicaKeyMetadata"), "KeyId") ?? "";
        const Description = textAt(input, "Description") ?? "";
        await replica.motoJson("UpdateKeyDescription", { KeyId, Description });
        if (input.Policy !== undefined) {
          await replica.motoJson("PutKeyPolicy", { KeyId, PolicyName: "default", Policy: input.Policy });
        }
        if (input.Tags !== undefined) {
          await replica.motoJson("TagResource", { KeyId, Tags: input.Tags });
        }
        return output;
      },
      DescribeKey: async (input, context) => {
        const output = await context.motoJson("DescribeKey", input);
        const metadata = objectAt(output, "KeyMetadata");
        const configuration = objectAt(metadata, "MultiRegionConfiguration");
        const primary = textAt(objectAt(configuration, "PrimaryKey"), "Arn");
        if (primary !== undefined) {
          const isPrimary = primary === textAt(metadata, "Arn");
          metadata.MultiRegionConfiguration = {
            ...configuration,
            MultiRegionKeyType: isPrimary ? "PRIMARY" : "REPLICA",
          };
        }
        return output;
      },
    },
  });
}
