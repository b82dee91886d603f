import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import type { Construct } from "constructs";

import type { AcceleratorFlowLogs } from "../flow-logs";
import { FlowLogBucket, flowLogPrefix } from "./flow-log-bucket";

/** What both kinds of accelerator say about their flow logs. */
export interface FlowLogs {
  /** The arguments of the provider. */
  readonly attributes: {
    readonly flowLogsEnabled: boolean;
    readonly flowLogsS3Bucket?: string;
    readonly flowLogsS3Prefix?: string;
  };
  /** The bucket's name, absent where nothing is logged. */
  readonly bucketName?: string;
  /** The grant that must stand before logging is switched on, where the module makes it. */
  readonly dependsOn?: S3BucketPolicy[];
}

/** Settings that decide on flow logs. */
export interface FlowLogProps {
  /** The accelerator's name. */
  readonly name: string;
  /** The accelerator's account. */
  readonly account: string;
  /** Where the logs go. */
  readonly flowLogs?: AcceleratorFlowLogs;
  /** Whether the bucket outlives `terraform destroy`. */
  readonly deletionProtection: boolean;
}

/** Makes the bucket where one is wanted. */
export function createFlowLogs(scope: Construct, props: FlowLogProps): FlowLogs {
  const { flowLogs = { kind: "new-bucket" } } = props;
  switch (flowLogs.kind) {
    case "none":
      return { attributes: { flowLogsEnabled: false } };
    case "existing-bucket":
      return enabled(flowLogs.bucketName, flowLogs.prefix ?? flowLogPrefix);
    case "new-bucket": {
      const bucket = new FlowLogBucket(scope, "FlowLogs", {
        name: props.name,
        account: props.account,
        retentionDays: flowLogs.retentionDays ?? 90,
        deletionProtection: props.deletionProtection,
      });
      return enabled(bucket.bucketName, flowLogPrefix, [bucket.policy]);
    }
  }
}

function enabled(bucketName: string, prefix: string, dependsOn?: S3BucketPolicy[]): FlowLogs {
  return {
    attributes: { flowLogsEnabled: true, flowLogsS3Bucket: bucketName, flowLogsS3Prefix: prefix },
    bucketName,
    dependsOn,
  };
}
