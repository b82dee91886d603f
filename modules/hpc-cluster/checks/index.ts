import { batchChecks } from "./batch";
import type { Check } from "./check";
import { clusterChecks } from "./cluster";
import { computeChecks } from "./compute";
import { directoryChecks } from "./directory";
import { headNodeChecks } from "./head-node";
import { identityChecks } from "./identity";
import { lustreChecks } from "./lustre";
import { networkingChecks } from "./networking";
import { slurmChecks } from "./slurm";
import { storageChecks } from "./storage";
import { surroundingsChecks } from "./surroundings";

export type { Check } from "./check";

/** Every check that needs no AWS call. */
export const checks: readonly Check[] = [
  ...clusterChecks,
  ...networkingChecks,
  ...computeChecks,
  ...storageChecks,
  ...lustreChecks,
  ...slurmChecks,
  ...batchChecks,
  ...headNodeChecks,
  ...identityChecks,
  ...directoryChecks,
  ...surroundingsChecks,
];
