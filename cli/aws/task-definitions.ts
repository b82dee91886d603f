import type { AwsAccess } from "./access";
import { clientSettings } from "./client";

/** Task definitions of ECS. */
export interface TaskDefinitions {
  /** Deregisters all revisions of a family that are active: nothing can be started from them any more. */
  endFamily(access: AwsAccess, region: string, family: string): Promise<void>;
}

/** ECS's own. */
export const ecsTaskDefinitions: TaskDefinitions = {
  async endFamily(access, region, family) {
    const { DeregisterTaskDefinitionCommand, ECSClient, paginateListTaskDefinitions } =
      await import("@aws-sdk/client-ecs");
    const client = new ECSClient(clientSettings(access, region));
    const input = { familyPrefix: family, status: "ACTIVE" as const };
    const revisions: string[] = [];
    for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client }, input)) {
      revisions.push(...taskDefinitionArns.filter((arn) => arn.split("/").at(-1)?.split(":")[0] === family));
    }
    for (const taskDefinition of revisions) {
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    }
  },
};
