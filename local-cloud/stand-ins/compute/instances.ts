import { ServiceError } from "../../answer";
import {
  queryService,
  queryTexts,
  scalar,
  type Context,
  type QueryOperation,
  type StandIn,
} from "../../toolkit";

/**
 * EC2: what moto forgets or mixes up around instances. It writes a launch template's own tags into
 * what the template launches, leaves interfaces attached to machines that are gone, and does not say
 * how fast the volumes of a machine are.
 */
export function instances(): StandIn {
  const terminated = new Set<string>();
  return queryService({
    service: "ec2",
    operations: {
      DescribeLaunchTemplateVersions: corrected((text) => text.replace(tagsOfTemplates, "")),
      DescribeVolumes: corrected((text) => text.replace(gp3Volumes, "$&<throughput>125</throughput>")),
      TerminateInstances: async (input, context) => {
        const answer = await context.moto();
        if (answer.status < 300) {
          queryTexts(input.InstanceId).forEach((id) => terminated.add(id));
        }
        return answer;
      },
      DetachNetworkInterface: async (input, context) => {
        const answer = await context.moto();
        const gone = answer.status >= 300 && (await isGone(scalar(input.AttachmentId), context, terminated));
        if (gone) {
          throw new ServiceError(
            "InvalidAttachmentID.NotFound",
            `The attachment ID '${scalar(input.AttachmentId)}' does not exist`,
          );
        }
        return answer;
      },
      DescribeNetworkInterfaces: corrected((text) =>
        text.replace(attachments, (interfaceText, before: string, id: string, after: string) =>
          terminated.has(id) ? before + after.replace(/>in-use</, ">available<") : interfaceText,
        ),
      ),
    },
  });
}

/** Whether an interface was attached to a machine that was terminated. */
async function isGone(
  attachment: string,
  context: Context,
  terminated: ReadonlySet<string>,
): Promise<boolean> {
  const interfaces = await context.motoQuery("ec2", {
    Action: "DescribeNetworkInterfaces",
    Version: "2016-11-15",
  });
  return [...interfaces.matchAll(attachments)].some(
    ([text, , instance]) => text.includes(`>${attachment}<`) && terminated.has(instance ?? ""),
  );
}

function corrected(correct: (text: string) => string): QueryOperation {
  return async (_input: unknown, context: Context) => {
    const answer = await context.moto();
    return { ...answer, body: Buffer.from(correct(answer.body.toString("utf8"))) };
  };
}

/** One kind of resource in the tags of a launch; its two elements come in either order. */
const tagsOfTemplates =
  /<item>\s*(?:<resourceType>launch-template<\/resourceType>\s*<tagSet>(?:(?!<\/tagSet>)[\s\S])*<\/tagSet>|<tagSet>(?:(?!<\/tagSet>)[\s\S])*<\/tagSet>\s*<resourceType>launch-template<\/resourceType>)\s*<\/item>/g;

/** A gp3 volume without a throughput has the one that costs nothing. */
const gp3Volumes = /<volumeType>gp3<\/volumeType>(?!<throughput>)/g;

/** The attachment of an interface, whose instance it names, and the rest of the interface. */
const attachments =
  /(<item>)<attachment>(?:(?!<\/attachment>)[\s\S])*<instanceId>([^<]+)<\/instanceId>(?:(?!<\/attachment>)[\s\S])*<\/attachment>((?:(?!<attachment>)[\s\S])*?<\/vpcId><\/item>)/g;
