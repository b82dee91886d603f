import { z } from "zod";

import { sharePrincipal } from "../../../core/forms";
import { listOf, mapOf, section, textOf } from "../fields";
import { domainName } from "../routing/settings";

/**
 * Names that only networks know.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver.html
 */
export const privateDnsSchema = section({
  /** Domain of the private zone, which the networks of all regions ask. */
  zone: domainName,
  /**
   * Blocks of other networks whose machines may ask for private names, by an endpoint in each region.
   *
   * @default - none
   */
  clientCidrBlocks: listOf(z.string()).prefault([]),
  /**
   * Domains that servers elsewhere answer for, by an endpoint in each region.
   *
   * @default - none
   */
  forward: mapOf(
    domainName,
    section({
      /** IPv4 addresses of the servers, six at most. */
      servers: listOf(z.string()),
      /**
       * Accounts and organisational units that may obey the rule in their own networks.
       *
       * @default - none
       */
      sharedWith: listOf(textOf(sharePrincipal)).prefault([]),
    }),
  ).prefault({}),
});
