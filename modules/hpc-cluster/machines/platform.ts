/** What the checks use of core. The linter's rule of module borders admits core from a module's root only. */
export { isIpv4CidrBlock, regionNames } from "../../../core";
