import type { Forge, ForgeTarget } from "./forge-contract";
import { githubForge } from "./github";
import { gitlabForge } from "./gitlab";

/** The client for a target. */
export function forgeFor(target: ForgeTarget): Promise<Forge> {
  return target.provider === "github" ? githubForge(target) : gitlabForge(target);
}
