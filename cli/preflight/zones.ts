import {
  delegationSteps,
  type ExpectedDelegation,
  isReachable,
  judgeDelegation,
  type ParentAnswer,
} from "../probes/delegation";
import { clientSettings } from "../aws/client";
import { messageOf } from "../base/errors";
import { answered, type Finding } from "./finding";
import { type Declared, innerBlocks, literal, ofTypes, type Standing, type Subject } from "./subject";

const where = "global";

/** A zone of the account. */
interface Zone {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
}

/** Zones that the stacks look up are in the account, those that they make are not yet, and domains lead to theirs. */
export async function checkZones(subject: Subject): Promise<readonly Finding[]> {
  const lookedUp = ofTypes(subject.data, "aws_route53_zone").filter(
    ({ block }) => literal(block, "name") !== undefined,
  );
  const made = ofTypes(subject.resources, "aws_route53_zone").filter(
    ({ block }) => innerBlocks(block, "vpc").length === 0,
  );
  if (lookedUp.length + made.length === 0) {
    return [];
  }
  const question = { where, what: "hosted zones", permission: "route53:ListHostedZones" };
  const named = await answered(question, async () => {
    const zones = await zonesOfAccount(subject);
    return [
      ...lookedUp.map((each) => existing(zones, each)),
      ...made.map((each) => fresh(zones, subject.standing, each)),
    ];
  });
  const led = made.map((zone) => delegation(subject, zone));
  return [...named, ...(await Promise.all(led)).flat()];
}

async function zonesOfAccount({ access, environment }: Subject): Promise<Zone[]> {
  const { paginateListHostedZones, Route53Client } = await import("@aws-sdk/client-route-53");
  const client = new Route53Client(clientSettings(access, environment.homeRegion));
  const zones: Zone[] = [];
  for await (const { HostedZones = [] } of paginateListHostedZones({ client }, {})) {
    zones.push(
      ...HostedZones.map(({ Id = "", Name = "", Config }) => ({
        id: Id.replace(/^.*\//, ""),
        name: plain(Name),
        isPrivate: Config?.PrivateZone === true,
      })),
    );
  }
  return zones;
}

function existing(zones: readonly Zone[], { block, stack }: Declared): Finding {
  const name = plain(String(block.name));
  const isPrivate = block.private_zone === true;
  const what = `zone ${name}`;
  const found = zones.filter((zone) => zone.name === name && zone.isPrivate === isPrivate);
  switch (found.length) {
    case 0:
      return {
        result: "block",
        where,
        what,
        got: `${stack} looks it up, and the account has no ${isPrivate ? "private" : "public"} zone of that name`,
        remedy: 'Correct the domain or the account, or have the zone made (`zone: "create"`).',
      };
    case 1:
      return { result: "ok", where, what, got: `is zone ${found[0]?.id ?? ""}` };
    default:
      return {
        result: "block",
        where,
        what,
        got: `the account has ${found.length} zones of that name: ${found.map(({ id }) => id).join(", ")}`,
        remedy: "Delete those that nothing delegates to: Terraform cannot choose between them.",
      };
  }
}

function fresh(zones: readonly Zone[], standing: readonly Standing[], { block, stack }: Declared): Finding {
  const name = plain(String(block.name));
  const own = new Set(
    standing
      .filter(({ type }) => type === "aws_route53_zone")
      .map(({ attributes }) => String(attributes.zone_id)),
  );
  const others = zones.filter((zone) => zone.name === name && !zone.isPrivate && !own.has(zone.id));
  const what = `zone ${name}`;
  return others.length === 0
    ? { result: "ok", where, what, got: "no other zone of that name" }
    : {
        result: "warn",
        where,
        what,
        got: `${stack} makes it, and the account has ${others.map(({ id }) => id).join(", ")} of that name already`,
        remedy: 'Use the zone that is there (`zone: "existing"`), or delete it once nothing delegates to it.',
      };
}

async function delegation(subject: Subject, { block }: Declared): Promise<readonly Finding[]> {
  const domain = plain(String(block.name));
  const what = `delegation of ${domain}`;
  try {
    return [judged(subject, domain, what, await subject.parentOf(domain))];
  } catch (error) {
    return [
      {
        result: "unknown",
        where,
        what,
        got: messageOf(error),
        remedy:
          "Let DNS (port 53, UDP and TCP) out, or compare the name servers at the registrar with the zone's.",
      },
    ];
  }
}

function judged(subject: Subject, domain: string, what: string, found: ParentAnswer): Finding {
  const { standing } = subject;
  const zone = standing.find(
    ({ type, attributes }) => type === "aws_route53_zone" && plain(String(attributes.name)) === domain,
  );
  if (zone === undefined) {
    const servers = found.nameServers.length === 0 ? "no name servers" : found.nameServers.join(", ");
    return {
      result: "warn",
      where,
      what,
      got: `the zone is not made yet; the zone above names ${servers}`,
      remedy: "The deploy makes the zone and says which name servers to enter at the registrar.",
    };
  }
  const key = standing.find(
    ({ type, attributes }) =>
      type === "aws_route53_key_signing_key" && attributes.hosted_zone_id === zone.attributes.zone_id,
  );
  const expected: ExpectedDelegation = {
    domain,
    nameServers: (zone.attributes.name_servers as readonly string[] | undefined) ?? [],
    ...(typeof key?.attributes.ds_record === "string" ? { dsRecord: key.attributes.ds_record } : {}),
  };
  const verdict = judgeDelegation(expected, found);
  return verdict === "delegated"
    ? { result: "ok", where, what, got: verdict }
    : {
        result: isReachable(verdict) || !awaitsCertificates(subject) ? "warn" : "block",
        where,
        what,
        got: verdict,
        remedy: delegationSteps(expected, found).join("\n"),
        isAwaited: true,
      };
}

/** Whether a deploy will wait for certificates: of a domain that leads elsewhere they are never issued. */
function awaitsCertificates({ resources, standing }: Subject): boolean {
  const type = "aws_acm_certificate_validation";
  return ofTypes(resources, type).length > standing.filter((each) => each.type === type).length;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
