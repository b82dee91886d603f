import { checkAccelerator } from "./accelerator";
import { checkAppRunner } from "./app-runner";
import { checkCapacity } from "./capacity";
import { checkCidrBlocks } from "./cidr-blocks";
import { checkDistribution } from "./distribution";
import { checkDnsFirewall } from "./dns-firewall";
import { checkDomain } from "./domain";
import { checkDuplicates } from "./duplicates";
import { checkEgress } from "./egress";
import { checkExec } from "./exec";
import { checkFailoverRoles } from "./failover-roles";
import type { EnvironmentCheck, SharedCheck } from "./finding";
import { checkFirewall } from "./firewall";
import { checkHealthChecks } from "./health-checks";
import { checkHostnames } from "./hostnames";
import { checkHpc } from "./hpc";
import { checkImageSources } from "./image-sources";
import { checkJurisdictions } from "./jurisdictions";
import { checkLogKeys } from "./log-keys";
import { checkOverlaps } from "./overlaps";
import { checkPermissions } from "./permissions";
import { checkPrivateEntry } from "./private-entry";
import { checkRecoveryTime } from "./recovery-time";
import { checkRegions } from "./regions";
import { checkRoutingControls } from "./routing-controls";
import { checkRoutingPolicies } from "./routing-policies";
import { checkRuntimes } from "./runtimes";
import { checkScaling } from "./scaling";
import { checkSecrets } from "./secrets";
import { checkStateReplica } from "./state-replica";
import { checkTables } from "./tables";
import { checkTags } from "./tags";
import { checkTarget } from "./target";
import { checkTaskSizes } from "./task-sizes";
import { checkZones } from "./zones";

export { hidden, type Finding, type Subject } from "./finding";
export { isSecretKey } from "./secrets";

/** The rules over one environment, in the order of its file. */
export const environmentChecks: readonly EnvironmentCheck[] = [
  checkTarget,
  checkDomain,
  checkDnsFirewall,
  checkStateReplica,
  checkRegions,
  checkZones,
  checkCidrBlocks,
  checkJurisdictions,
  checkRuntimes,
  checkTaskSizes,
  checkImageSources,
  checkCapacity,
  checkScaling,
  checkHealthChecks,
  checkHostnames,
  checkFailoverRoles,
  checkRoutingPolicies,
  checkAccelerator,
  checkDistribution,
  checkFirewall,
  checkPrivateEntry,
  checkSecrets,
  checkPermissions,
  checkEgress,
  checkExec,
  checkRecoveryTime,
  checkRoutingControls,
  checkAppRunner,
  checkTables,
  checkHpc,
  checkLogKeys,
  checkTags,
];

/** The rules over all environments together. */
export const sharedChecks: readonly SharedCheck[] = [checkDuplicates, checkOverlaps];
