import { checkAccelerator } from "../routing/accelerator";
import { checkAppRunner } from "../service/app-runner";
import { checkCapacity } from "../service/capacity";
import { checkCidrBlocks } from "../network/cidr-blocks";
import { checkDistribution } from "../routing/distribution";
import { checkDnsFirewall } from "../dns-firewall/checks";
import { checkDomain } from "./domain";
import { checkDuplicates } from "./duplicates";
import { checkEgress } from "../service/egress";
import { checkExec } from "../service/exec";
import { checkFailoverRoles } from "../routing/failover-roles";
import type { EnvironmentCheck, SharedCheck } from "./finding";
import { checkFirewall } from "../firewall/checks";
import { checkHealthChecks } from "../service/health-checks";
import { checkHostnames } from "../routing/hostnames";
import { checkHpc } from "../hpc/checks";
import { checkImageSources } from "../service/image-sources";
import { checkJurisdictions } from "../network/jurisdictions";
import { checkLogKeys } from "./log-keys";
import * as nounChecks from "./nouns";
import { checkOverlaps } from "../network/overlaps";
import { checkPermissions } from "../service/permissions";
import { checkPrivateEntry } from "../service/private-entry";
import { checkRecoveryTime } from "./recovery-time";
import { checkRegions } from "../network/regions";
import { checkRoutingControls } from "../routing/routing-controls";
import { checkRoutingPolicies } from "../routing/routing-policies";
import { checkRuntimes } from "../service/runtimes";
import { checkScaling } from "../service/scaling";
import { checkSecrets } from "./secrets";
import { checkStateReplica } from "./state-replica";
import { checkTables } from "../tables/checks";
import { checkTags } from "./tags";
import { checkTarget } from "./target";
import { checkUses } from "../uses/checks";
import { checkTaskSizes } from "../service/task-sizes";
import { checkZones } from "../network/zones";

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
  checkUses,
  checkExec,
  checkRecoveryTime,
  checkRoutingControls,
  checkAppRunner,
  checkTables,
  checkHpc,
  ...Object.values<EnvironmentCheck>(nounChecks),
  checkLogKeys,
  checkTags,
];

/** The rules over all environments together. */
export const sharedChecks: readonly SharedCheck[] = [checkDuplicates, checkOverlaps];
