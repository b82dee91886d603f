import { randomUUID } from "node:crypto";

import { account, listAt, pick, required, Tags, textsAt } from "../../toolkit";
import { at, invalid, type Operations, type Shelf } from "./globalaccelerator-shelf";

/** The endpoints of another account in use, with the attachments that let them be. */
export function crossAccountOperations(groups: Shelf): Operations {
  const inUse = () =>
    [...groups.values()]
      .flatMap((group) => listAt(group, "EndpointDescriptions"))
      .filter((endpoint) => "AttachmentArn" in endpoint);
  return {
    ListCrossAccountResources: (input) => {
      const { ResourceOwnerAwsAccountId } = required(input, invalid, "ResourceOwnerAwsAccountId");
      return {
        CrossAccountResources: inUse()
          .filter(({ EndpointId }) => String(EndpointId).split(":")[4] === ResourceOwnerAwsAccountId)
          .map((endpoint) => pick(endpoint, "EndpointId", "AttachmentArn")),
      };
    },
    ListCrossAccountResourceAccounts: () => ({
      ResourceOwnerAwsAccountIds: [
        ...new Set(inUse().map(({ EndpointId }) => String(EndpointId).split(":")[4])),
      ],
    }),
  };
}

export function attachmentOperations(tags: Tags): Operations {
  const attachments: Shelf = new Map();
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return {
    CreateCrossAccountAttachment: (input) => {
      required(input, invalid, "Name", "IdempotencyToken");
      const AttachmentArn = `arn:aws:globalaccelerator::${account}:attachment/${randomUUID()}`;
      const now = Date.now() / 1000;
      const attachment = {
        AttachmentArn,
        Principals: [],
        Resources: [],
        ...pick(input, "Name", "Principals", "Resources"),
        CreatedTime: now,
        LastModifiedTime: now,
      };
      attachments.set(AttachmentArn, attachment);
      tags.addList(AttachmentArn, listAt(input, "Tags"));
      return { CrossAccountAttachment: attachment };
    },
    DescribeCrossAccountAttachment: (input) => ({
      CrossAccountAttachment: at(attachments, input.AttachmentArn, "Attachment"),
    }),
    ListCrossAccountAttachments: () => ({ CrossAccountAttachments: [...attachments.values()] }),
    UpdateCrossAccountAttachment: (input) => {
      const attachment = at(attachments, input.AttachmentArn, "Attachment");
      const gone = textsAt(input, "RemovePrincipals");
      const goneResources = listAt(input, "RemoveResources");
      Object.assign(attachment, pick(input, "Name"), {
        Principals: [
          ...textsAt(attachment, "Principals").filter((each) => !gone.includes(each)),
          ...textsAt(input, "AddPrincipals"),
        ],
        Resources: [
          ...listAt(attachment, "Resources").filter(
            (each) => !goneResources.some((other) => same(each, other)),
          ),
          ...listAt(input, "AddResources"),
        ],
        LastModifiedTime: Date.now() / 1000,
      });
      return { CrossAccountAttachment: attachment };
    },
    DeleteCrossAccountAttachment: (input) => {
      const { AttachmentArn } = at(attachments, input.AttachmentArn, "Attachment");
      attachments.delete(String(AttachmentArn));
      tags.drop(String(AttachmentArn));
    },
  };
}
