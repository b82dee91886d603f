import { logRetentionPeriods } from "../../core";

export {
  defaultRetentionDays,
  VpcFlowLog,
  type FlowLogOptions,
  type VpcFlowLogProps,
} from "../parts/vpc-flow-log";

/** Periods that CloudWatch Logs offers, in days. */
export const retentionPeriods = logRetentionPeriods;
