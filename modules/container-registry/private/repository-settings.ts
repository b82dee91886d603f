import type { RepositoryEncryption } from "../repository-encryption";
import { accountPrincipal } from "./arns";

/** The encryption block of a repository or a template. */
export function renderEncryption(encryption: RepositoryEncryption): {
  encryptionType: string;
  kmsKey?: string;
} {
  return encryption.kind === "kms"
    ? { encryptionType: "KMS", kmsKey: encryption.keyArn }
    : { encryptionType: "AES256" };
}

/** A repository policy that lets accounts pull, and nothing more. */
export function renderPullPolicy(accounts: readonly string[], region: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "PullFromOtherAccounts",
        Effect: "Allow",
        Principal: { AWS: [...accounts].sort().map((account) => accountPrincipal(account, region)) },
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      },
    ],
  });
}
