import { aliasTtlSeconds, clientKeepAliveSecondsFor } from "../../core";
import type { TargetEnvironment } from "../base/target-environment";
import { ledServices } from "./readiness";

/** What users see of a change, and when, one line each. */
export function outlook(environment: TargetEnvironment, region: string, state: "On" | "Off"): string[] {
  const services = Object.entries(environment.services ?? {});
  const led = Object.entries(ledServices(environment.services ?? {}, region));
  const names = (entry: string): string =>
    led
      .filter(([, { routing }]) => routing.entry === entry)
      .map(([name]) => name)
      .join(", ");
  const idleSeconds = clientKeepAliveSecondsFor(environment.recovery?.rtoSeconds ?? 0);
  const stays = services.filter(
    ([, { routing, regions }]) => routing.entry === "private" && regions.includes(region),
  );
  return [
    state === "Off"
      ? `New connections go elsewhere within about ${aliasTtlSeconds} s after Route 53 has seen the control, which takes seconds: resolvers keep an answer for ${aliasTtlSeconds} s, and some clients longer.`
      : `New connections come back within about ${aliasTtlSeconds} s after Route 53 has seen the control, which takes seconds, as far as the region's health checks pass.`,
    ...(state === "Off"
      ? [
          `Open connections stay until their clients close them, or the load balancers do after ${idleSeconds} s of silence.`,
        ]
      : []),
    ...(names("accelerator") === ""
      ? []
      : [
          state === "Off"
            ? `${names("accelerator")}: the names leave the accelerator for the regions that are on. Clients that keep its addresses are routed by its own checks, also to ${region}.`
            : `${names("accelerator")}: the names lead to the accelerator again once all of its regions are on.`,
        ]),
    ...(names("distribution") === ""
      ? []
      : [
          `${names("distribution")}: CloudFront asks for the regions by the same names, and what it has cached stays.`,
        ]),
    ...(stays.length === 0
      ? []
      : [`${stays.map(([name]) => name).join(", ")}: private, so each network uses its own region.`]),
  ];
}
