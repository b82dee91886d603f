import type { ApprunnerServiceSourceConfiguration } from "@cdktf/provider-aws/lib/apprunner-service";
import { Token } from "cdktf";

import { literalText, literalValues, type IImageRepository } from "../../core";
import { imageDigest, imageTag } from "../../core/forms";

/** The managed runtimes that App Runner builds source code with. */
export type AppRunnerRuntime =
  | "PYTHON_3"
  | "PYTHON_311"
  | "NODEJS_16"
  | "NODEJS_18"
  | "NODEJS_22"
  | "CORRETTO_8"
  | "CORRETTO_11"
  | "GO_1"
  | "DOTNET_6"
  | "PHP_81"
  | "RUBY_31";

/** What a service is made of. */
export type AppRunnerSource =
  | {
      /** An image of a private repository, pulled from the service's own region. */
      readonly kind: "repository";
      /** The repository, which must hold the image in the service's region. */
      readonly repository: IImageRepository;
      /** The tag, or the digest (`sha256:` and 64 hexadecimal digits). */
      readonly version: string;
    }
  | {
      /** An image of Amazon's public registry, which needs no role. */
      readonly kind: "public-image";
      /** Its name with tag or digest, such as `public.ecr.aws/nginx/nginx:1.27`. */
      readonly uri: string;
    }
  | {
      /** Source code, which App Runner builds. */
      readonly kind: "code";
      /** Address of the repository, such as `https://github.com/example/web`. */
      readonly repositoryUrl: string;
      /** ARN of the connection to its host, after a person has completed its handshake in the console. */
      readonly connectionArn: string;
      /** The branch that is built; every push to it is deployed. */
      readonly branch: string;
      /** The runtime that it is built with. */
      readonly runtime: AppRunnerRuntime;
      /**
       * The folder of the service in the repository.
       *
       * @default "/"
       */
      readonly sourceDirectory?: string;
      /**
       * What builds it.
       *
       * @default - nothing is run before the start
       */
      readonly buildCommand?: string;
      /**
       * What starts it.
       *
       * @default - what the runtime finds by itself
       */
      readonly startCommand?: string;
    };

/** What the settings of every source have in common. */
export interface SourceSettings {
  /** The service's region, which images are pulled from. */
  readonly region: string;
  /** Port that the application listens on. */
  readonly port: number;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** ARNs of secrets by variable. */
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * The role that pulls from private repositories.
   *
   * @default - none, since the source is public or reached by a connection
   */
  readonly accessRoleArn?: string;
}

/** The source as the provider writes it. */
export function renderSource(
  source: AppRunnerSource,
  settings: SourceSettings,
): ApprunnerServiceSourceConfiguration {
  const runtimeSettings = {
    port: String(settings.port),
    runtimeEnvironmentVariables: literalValues(settings.environment),
    runtimeEnvironmentSecrets: { ...settings.secrets },
  };
  if (source.kind === "code") {
    return {
      autoDeploymentsEnabled: true,
      authenticationConfiguration: { connectionArn: source.connectionArn },
      codeRepository: {
        repositoryUrl: source.repositoryUrl,
        sourceDirectory: source.sourceDirectory ?? "/",
        sourceCodeVersion: { type: "BRANCH", value: source.branch },
        codeConfiguration: {
          // The other choice, a file in the repository, would take port and secrets out of this program.
          configurationSource: "API",
          codeConfigurationValues: {
            runtime: source.runtime,
            buildCommand: source.buildCommand && literalText(source.buildCommand),
            startCommand: source.startCommand && literalText(source.startCommand),
            ...runtimeSettings,
          },
        },
      },
    };
  }
  return {
    // A new image is a new version here, so that all regions change by the same plan.
    autoDeploymentsEnabled: false,
    authenticationConfiguration: settings.accessRoleArn && { accessRoleArn: settings.accessRoleArn },
    imageRepository: {
      imageIdentifier: imageIdentifier(source, settings.region),
      imageRepositoryType: source.kind === "repository" ? "ECR" : "ECR_PUBLIC",
      imageConfiguration: runtimeSettings,
    },
  } as ApprunnerServiceSourceConfiguration;
}

/** Whether a version is a digest or could be a tag. */
export function isImageVersion(version: string): boolean {
  return Token.isUnresolved(version) || imageDigest.accepts(version) || imageTag.accepts(version);
}

function imageIdentifier(source: Exclude<AppRunnerSource, { kind: "code" }>, region: string): string {
  if (source.kind === "public-image") {
    return source.uri;
  }
  const { repository, version } = source;
  return `${repository.repositoryUri(region)}${imageDigest.accepts(version) ? "@" : ":"}${version}`;
}
