import { partitionOf } from "./regions";

/** A statement of an IAM policy that is attached to a role. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A secret as a runtime and IAM call it. */
export interface SecretReference {
  /** What the runtime's settings say. */
  readonly valueFrom: string;
  /** What its role must be allowed. */
  readonly action: "secretsmanager:GetSecretValue" | "ssm:GetParameters";
  /** On what, exactly. */
  readonly resourceArn: string;
}

/** What a runtime reads its secrets with. */
export interface SecretAccess {
  /** The secrets. */
  readonly secrets: readonly Pick<SecretReference, "action" | "resourceArn">[];
  /** The KMS keys of secrets that are not encrypted with AWS's own. */
  readonly secretKeyArns: readonly string[];
  /** The region that it runs in. */
  readonly region: string;
}

/** Lets a role read exactly these secrets, and use their keys for nothing else. */
export function readSecrets({ secrets, secretKeyArns, region }: SecretAccess): PolicyStatement[] {
  const domain = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const arnsOf = (action: SecretReference["action"]): string[] => {
    const arns = secrets.filter((secret) => secret.action === action).map((secret) => secret.resourceArn);
    return [...new Set(arns)].sort();
  };
  const statements: PolicyStatement[] = [
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: arnsOf("secretsmanager:GetSecretValue"),
    },
    {
      Sid: "ReadParameters",
      Effect: "Allow",
      Action: "ssm:GetParameters",
      Resource: arnsOf("ssm:GetParameters"),
    },
    {
      Sid: "DecryptSecrets",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: secretKeyArns,
      Condition: {
        StringEquals: {
          "kms:ViaService": [`secretsmanager.${region}.${domain}`, `ssm.${region}.${domain}`],
        },
      },
    },
  ];
  return statements.filter(({ Resource }) => Resource.length > 0);
}

/** Lets a role pull the images of these repositories. */
export function pullImages(repositoryArns: readonly string[]): PolicyStatement[] {
  if (repositoryArns.length === 0) {
    return [];
  }
  return [
    // The one call of ECR that knows no resource.
    { Sid: "LogInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "PullImages",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: repositoryArns,
    },
  ];
}
