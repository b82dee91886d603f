import { ServiceError } from "../answer";
import type { Interference } from "./interference";
import type { Unkindness } from "./switches";

/** The home region of the environment `local`. */
const homeRegion = "eu-west-1";

/**
 * No endpoint of the home region answers. Services that are one for all regions, such as IAM and Route 53,
 * are asked in others.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/appendix-a---partitional-service-guidance.html
 */
export function darkRegion(unkind: Unkindness): Interference {
  return {
    before: ({ region }) => {
      if (unkind.isOn("dark-home-region") && region === homeRegion) {
        throw new ServiceError("ServiceUnavailable", `No endpoint of ${homeRegion} answers.`, 503);
      }
    },
  };
}
