import type { JsonObject } from "../../toolkit";
import type { Policy } from "../../enforcement/policy";

/** The code of a version: a package, or nothing where the function is an image. */
export interface Code {
  /** The package as it was uploaded. */
  readonly zip: Buffer;
  /** What AWS calls `CodeSha256`. */
  readonly sha256: string;
}

/** A version of a function, `$LATEST` included. It is replaced as a whole when anything changes. */
export interface Version {
  /** What `GetFunctionConfiguration` answers. */
  readonly configuration: Configuration;
  readonly code: Code | undefined;
}

/** The configuration of a version, as far as the engine reads it. */
export interface Configuration extends JsonObject {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Version: string;
  readonly RevisionId: string;
  readonly Role: string;
  readonly Handler?: string;
  readonly Runtime?: string;
  readonly PackageType: string;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly DeadLetterConfig?: { readonly TargetArn?: string };
  readonly LoggingConfig: { readonly LogGroup: string };
}

/** An alias, as it is answered. */
export interface Alias extends JsonObject {
  readonly AliasArn: string;
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
}

/** How asynchronous invocations of a function, version or alias are treated. */
export interface InvokeConfiguration extends JsonObject {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: {
    readonly OnSuccess?: { readonly Destination?: string };
    readonly OnFailure?: { readonly Destination?: string };
  };
}

/** A function with all that belongs to it. */
export interface LambdaFunction {
  readonly name: string;
  readonly region: string;
  /** Without a qualifier. */
  readonly arn: string;
  latest: Version;
  /** Published versions by number, oldest first. */
  readonly versions: Map<string, Version>;
  readonly aliases: Map<string, Alias>;
  /** Resource-based policies by qualifier; `$LATEST` for the function itself. */
  readonly policies: Map<string, Policy & { Statement: NonNullable<object>[] }>;
  readonly invokeConfigurations: Map<string, InvokeConfiguration>;
  /** Function URLs by qualifier. */
  readonly urls: Map<string, JsonObject>;
  readonly tags: Map<string, string>;
  /** Other settings that are kept as they were put, by kind and qualifier. */
  readonly settings: Map<string, JsonObject>;
  /** Reserved concurrency. */
  reserved?: number;
  /** Number of the next version. */
  nextVersion: number;
}

/** What an invocation runs. */
export interface Invocable {
  readonly owner: LambdaFunction;
  readonly version: Version;
  /** What the caller named: a version, an alias, or `$LATEST`. */
  readonly qualifier: string;
  /** The ARN as it was asked for. */
  readonly invokedArn: string;
}
