import { jsonAnswer } from "../../answer";
import { account, listAt, parseJson, restService, type StandIn } from "../../toolkit";

const serviceRole = `arn:aws:iam::${account}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForbatch`;

/**
 * AWS Batch: a compute environment without a role gets the service's own, and the nodes of multi-node
 * jobs are remembered. moto knows neither.
 */
export function batch(): StandIn {
  const nodeProperties = new Map<string, unknown>();
  return restService({
    service: "batch",
    complete: false,
    operations: {
      "POST /v1/createcomputeenvironment": async ({ json }, context) => {
        if (json.serviceRole !== undefined && json.serviceRole !== "") {
          return undefined;
        }
        // Refused where the account has the role already, which serves as well.
        await context.motoQuery("iam", {
          Action: "CreateServiceLinkedRole",
          Version: "2010-05-08",
          AWSServiceName: "batch.amazonaws.com",
        });
        return context.moto({ body: Buffer.from(JSON.stringify({ ...json, serviceRole })) });
      },
      "POST /v1/registerjobdefinition": async ({ json }, context) => {
        const answer = await context.moto();
        if (answer.status < 300 && json.nodeProperties !== undefined) {
          nodeProperties.set(String(parseJson(answer.body).jobDefinitionArn), json.nodeProperties);
        }
        return answer;
      },
      "POST /v1/describejobdefinitions": async (_request, context) => {
        const answer = await context.moto();
        if (answer.status >= 300) {
          return answer;
        }
        const output = parseJson(answer.body);
        const jobDefinitions = listAt(output, "jobDefinitions").map((each) => ({
          ...each,
          nodeProperties: nodeProperties.get(String(each.jobDefinitionArn)),
        }));
        return jsonAnswer(context.call, { ...output, jobDefinitions });
      },
    },
  });
}
