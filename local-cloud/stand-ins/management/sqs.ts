import { jsonService, objectAt, type StandIn } from "../../toolkit";

const documents = new Set(["RedrivePolicy", "RedriveAllowPolicy"]);

/** SQS: redrive policies come back without the blanks that moto adds. Everything else is moto's. */
export function sqs(): StandIn {
  return jsonService({
    service: "sqs",
    complete: false,
    operations: {
      GetQueueAttributes: async (input, context) => {
        const output = await context.motoJson("GetQueueAttributes", input);
        const attributes = Object.entries(objectAt(output, "Attributes")).map(([name, value]) => [
          name,
          documents.has(name) ? JSON.stringify(JSON.parse(String(value))) : value,
        ]);
        return { Attributes: Object.fromEntries(attributes) as Record<string, unknown> };
      },
    },
  });
}
