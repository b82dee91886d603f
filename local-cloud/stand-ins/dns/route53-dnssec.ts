import { createHash } from "node:crypto";

import { ServiceError } from "../../answer";
import { type Context, found, required, type RestOperation } from "../../toolkit";
import { invalid, reply } from "./route53-replies";

interface Signing {
  enabled: boolean;
  readonly keys: Map<string, Record<string, string | number>>;
}

export function dnssecOperations(): Record<string, RestOperation> {
  const zones = new Map<string, Signing>();
  const zoneOf = (id = ""): Signing => {
    const zone = zones.get(id) ?? { enabled: false, keys: new Map() };
    zones.set(id, zone);
    return zone;
  };
  const keyOf = (zone: string | undefined, name = "") =>
    found(
      zoneOf(zone).keys.get(name),
      "NoSuchKeySigningKey",
      "The specified key-signing key (KSK) doesn't exist.",
      404,
    );
  const setStatus = (zone: string | undefined, name: string | undefined, status: string) => {
    keyOf(zone, name).Status = status;
  };
  return {
    "POST /2013-04-01/keysigningkey": ({ xml }) => {
      const input = required(xml, invalid, "HostedZoneId", "KeyManagementServiceArn", "Name", "Status");
      const { keys } = zoneOf(input.HostedZoneId);
      if (keys.has(input.Name)) {
        throw new ServiceError(
          "KeySigningKeyAlreadyExists",
          `A key-signing key ${input.Name} already exists`,
          409,
        );
      }
      if (!input.KeyManagementServiceArn.includes(":us-east-1:")) {
        throw new ServiceError("InvalidKMSArn", "The KMS key of a key-signing key must be in us-east-1");
      }
      const key = signingKey(input.Name, input.KeyManagementServiceArn, input.Status);
      keys.set(input.Name, key);
      const location = `https://route53.amazonaws.com/2013-04-01/keysigningkey/${input.HostedZoneId}/${input.Name}`;
      return reply("CreateKeySigningKeyResponse", { KeySigningKey: key }, 201, { location });
    },
    "POST /2013-04-01/keysigningkey/{zone}/{name}/activate": ({ path }) => {
      setStatus(path.zone, path.name, "ACTIVE");
      return reply("ActivateKeySigningKeyResponse", "");
    },
    "POST /2013-04-01/keysigningkey/{zone}/{name}/deactivate": ({ path }) => {
      setStatus(path.zone, path.name, "INACTIVE");
      return reply("DeactivateKeySigningKeyResponse", "");
    },
    "DELETE /2013-04-01/keysigningkey/{zone}/{name}": ({ path }) => {
      if (keyOf(path.zone, path.name).Status === "ACTIVE") {
        throw new ServiceError("InvalidKeySigningKeyStatus", "The key-signing key must be deactivated first");
      }
      zoneOf(path.zone).keys.delete(path.name ?? "");
      return reply("DeleteKeySigningKeyResponse", "");
    },
    "POST /2013-04-01/hostedzone/{id}/enable-dnssec": ({ path }) => {
      const zone = zoneOf(path.id);
      if (![...zone.keys.values()].some(({ Status }) => Status === "ACTIVE")) {
        throw new ServiceError(
          "KeySigningKeyWithActiveStatusNotFound",
          "The zone has no active key-signing key",
        );
      }
      zone.enabled = true;
      return reply("EnableHostedZoneDNSSECResponse", "");
    },
    "POST /2013-04-01/hostedzone/{id}/disable-dnssec": ({ path }) => {
      zoneOf(path.id).enabled = false;
      return reply("DisableHostedZoneDNSSECResponse", "");
    },
    "GET /2013-04-01/hostedzone/{id}/dnssec": async ({ path }, context: Context) => {
      const known = await context.moto({
        url: new URL(`/2013-04-01/hostedzone/${path.id ?? ""}`, context.call.url),
      });
      if (known.status >= 300) {
        return known;
      }
      const { enabled, keys } = zoneOf(path.id);
      return reply("GetDNSSECResponse", {
        Status: { ServeSignature: enabled ? "SIGNING" : "NOT_SIGNING" },
        KeySigningKeys: { member: [...keys.values()] },
      });
    },
  };
}

/** A key-signing key whose cryptographic fields have the right form and no meaning. */
function signingKey(name: string, kmsArn: string, status: string): Record<string, string | number> {
  const digest = createHash("sha256").update(kmsArn).digest();
  const tag = digest.readUInt16BE(0);
  const publicKey = createHash("sha512").update(kmsArn).digest("base64");
  const now = new Date().toISOString();
  const hex = digest.toString("hex").toUpperCase();
  return {
    Name: name,
    KmsArn: kmsArn,
    Flag: 257,
    SigningAlgorithmMnemonic: "ECDSAP256SHA256",
    SigningAlgorithmType: 13,
    DigestAlgorithmMnemonic: "SHA-256",
    DigestAlgorithmType: 2,
    KeyTag: tag,
    DigestValue: hex,
    PublicKey: publicKey,
    DSRecord: `${tag} 13 2 ${hex}`,
    DNSKEYRecord: `257 3 13 ${publicKey}`,
    Status: status,
    CreatedDate: now,
    LastModifiedDate: now,
  };
}
