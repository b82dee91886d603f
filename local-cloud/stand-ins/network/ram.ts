import { randomUUID } from "node:crypto";
import {
  account,
  found,
  listAt,
  required,
  restService,
  scalar,
  Store,
  Tags,
  textAt,
  textsAt,
  type JsonObject,
  type RestRequest,
  type StandIn,
} from "../../toolkit";

interface Share {
  readonly arn: string;
  name: string;
  allowExternalPrincipals: boolean;
  readonly creationTime: number;
  readonly associations: Map<string, JsonObject>;
  readonly permissions: Set<string>;
}

const invalid = "InvalidParameterException";
type Entity = readonly [type: "RESOURCE" | "PRINCIPAL", entity: string];

/** Resource Access Manager: shares, what they share, with whom, and their permissions. */
export function ram(): StandIn {
  const shares = new Store<Share>();
  const tags = new Tags();
  const at = (region: string, arn: string): Share =>
    found(shares.in(region).get(arn), "UnknownResourceException", `ResourceShare ${arn} could not be found`);
  const describe = (share: Share, status = "ACTIVE") => ({
    resourceShareArn: share.arn,
    name: share.name,
    owningAccountId: account,
    allowExternalPrincipals: share.allowExternalPrincipals,
    status,
    featureSet: "STANDARD",
    creationTime: share.creationTime,
    lastUpdatedTime: share.creationTime,
    tags: tags.list(share.arn).map(({ Key, Value }) => ({ key: Key, value: Value })),
  });

  return restService({
    service: "ram",
    complete: false,
    operations: {
      "POST /createresourceshare": ({ json }, context) => {
        const { name } = required(json, invalid, "name");
        const share: Share = {
          arn: context.arn("ram", `resource-share/${randomUUID()}`),
          name,
          allowExternalPrincipals: json.allowExternalPrincipals !== false,
          creationTime: Date.now() / 1000,
          associations: new Map(),
          permissions: new Set(textsAt(json, "permissionArns")),
        };
        shares.in(context.region).set(share.arn, share);
        tags.add(share.arn, pairs(json));
        associate(share, entities(json));
        return { resourceShare: describe(share) };
      },
      "POST /getresourceshares": ({ json }, { region }) => {
        const wanted = textsAt(json, "resourceShareArns");
        const name = textAt(json, "name");
        const chosen = [...shares.in(region).values()]
          .filter((share) => wanted.length === 0 || wanted.includes(share.arn))
          .filter((share) => name === undefined || share.name === name);
        return {
          resourceShares: json.resourceOwner === "SELF" ? chosen.map((share) => describe(share)) : [],
        };
      },
      "POST /updateresourceshare": ({ json }, { region }) => {
        const share = at(region, String(json.resourceShareArn));
        share.name = textAt(json, "name") ?? share.name;
        share.allowExternalPrincipals =
          (json.allowExternalPrincipals as boolean | undefined) ?? share.allowExternalPrincipals;
        return { resourceShare: describe(share) };
      },
      "DELETE /deleteresourceshare": ({ query }, { region }) => {
        const share = at(region, query.get("resourceShareArn") ?? "");
        shares.in(region).delete(share.arn);
        tags.drop(share.arn);
        return { returnValue: true };
      },
      "POST /associateresourceshare": ({ json }, { region }) => {
        const share = at(region, String(json.resourceShareArn));
        return { resourceShareAssociations: associate(share, entities(json)) };
      },
      "POST /disassociateresourceshare": ({ json }, { region }) => {
        const share = at(region, String(json.resourceShareArn));
        const gone = entities(json).flatMap(([, entity]) => {
          const association = share.associations.get(entity);
          share.associations.delete(entity);
          return association === undefined ? [] : [{ ...association, status: "DISASSOCIATED" }];
        });
        return { resourceShareAssociations: gone };
      },
      "POST /getresourceshareassociations": ({ json }, { region }) => ({
        resourceShareAssociations: [...shares.in(region).values()]
          .flatMap((share) => [...share.associations.values()])
          .filter((association) => matches(association, json)),
      }),
      "POST /listresources": ({ json }, { region }) => ({
        resources: [...shares.in(region).values()]
          .flatMap((share) => [...share.associations.values()])
          .filter(
            (association) => json.resourceOwner === "SELF" && association.associationType === "RESOURCE",
          )
          .filter((association) => matches({ ...association, associationType: undefined }, json))
          .map((association) => ({
            arn: association.associatedEntity,
            resourceShareArn: association.resourceShareArn,
            status: "AVAILABLE",
          })),
      }),
      "POST /listresourcesharepermissions": ({ json }, { region }) => ({
        permissions: [...at(region, String(json.resourceShareArn)).permissions].map((arn) => ({
          arn,
          name: arn.split("/").at(-1),
          version: "1",
          defaultVersion: true,
          status: "ASSOCIATED",
        })),
      }),
      "POST /associateresourcesharepermission": ({ json }, { region }) => {
        at(region, String(json.resourceShareArn)).permissions.add(String(json.permissionArn));
        return { returnValue: true };
      },
      "POST /disassociateresourcesharepermission": ({ json }, { region }) => {
        at(region, String(json.resourceShareArn)).permissions.delete(String(json.permissionArn));
        return { returnValue: true };
      },
      "POST /tagresource": ({ json }: RestRequest) => {
        tags.add(String(json.resourceShareArn ?? json.resourceArn), pairs(json));
        return {};
      },
      "POST /untagresource": ({ json }: RestRequest) => {
        tags.remove(String(json.resourceShareArn ?? json.resourceArn), textsAt(json, "tagKeys"));
        return {};
      },
    },
  });
}

function pairs(json: JsonObject): [string, string][] {
  return listAt(json, "tags").map((tag) => [scalar(tag.key), scalar(tag.value)]);
}

function entities(json: JsonObject): Entity[] {
  return [
    ...textsAt(json, "resourceArns").map((arn): Entity => ["RESOURCE", arn]),
    ...textsAt(json, "principals").map((principal): Entity => ["PRINCIPAL", principal]),
  ];
}

function associate(share: Share, added: readonly Entity[]): JsonObject[] {
  const now = Date.now() / 1000;
  return added.map(([associationType, associatedEntity]) => {
    const association = {
      resourceShareArn: share.arn,
      resourceShareName: share.name,
      associatedEntity,
      associationType,
      status: "ASSOCIATED",
      creationTime: now,
      lastUpdatedTime: now,
      external: associationType === "PRINCIPAL" && /^\d{12}$/.test(associatedEntity),
    };
    share.associations.set(associatedEntity, association);
    return association;
  });
}

function matches(association: JsonObject, filter: JsonObject): boolean {
  const arns = textsAt(filter, "resourceShareArns");
  const entity = textAt(filter, "resourceArn") ?? textAt(filter, "principal");
  const type = textAt(filter, "associationType");
  return (
    (type === undefined || association.associationType === type) &&
    (arns.length === 0 || arns.includes(String(association.resourceShareArn))) &&
    (entity === undefined || association.associatedEntity === entity)
  );
}
