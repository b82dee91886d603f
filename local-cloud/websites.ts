import type { IncomingHttpHeaders } from "node:http";

/** The names under which programs of this machine reach the local cloud. */
const ownNames = new Set(["127.0.0.1", "localhost"]);

/**
 * Why a request is refused because a website may have sent it; `undefined` when none can have. A browser
 * lets any page send requests to loopback. It names the page's origin, or says that the request crosses
 * sites; a page whose own name was led to loopback after it was loaded (DNS rebinding) gives itself away
 * by that name. Programs send none of the three.
 *
 * @see https://fetch.spec.whatwg.org/#origin-header
 */
export function websiteRefusal(headers: IncomingHttpHeaders): string | undefined {
  const { host = "", origin } = headers;
  if (!ownNames.has(host.replace(/:\d+$/, "").toLowerCase())) {
    return `the local cloud answers to 127.0.0.1 and localhost only, got the host ${JSON.stringify(host)}`;
  }
  if (origin !== undefined) {
    return `the local cloud answers no website, got the origin ${JSON.stringify(origin)}`;
  }
  const site = headers["sec-fetch-site"] ?? "none";
  return site === "none"
    ? undefined
    : `the local cloud answers no website, got a request of a page (Sec-Fetch-Site: ${JSON.stringify(site)})`;
}
