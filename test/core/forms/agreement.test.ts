import * as fc from "fast-check";

import type { EnvironmentInput } from "../../../environments";
import { secretReference } from "../../../modules/fargate-service/secret-reference";
import { check, sampleService } from "../../environments/sample";

const scope = { partition: "aws", region: "eu-west-1", account: "111122223333" };

/** What could be meant as the name of a secret or a parameter, and what just looks so. */
const reference = fc.oneof(
  fc.stringMatching(/^[\w/+=.@!-]{1,20}(:[a-z]{1,5})?$/),
  fc.stringMatching(/^(\/[\w.-]{1,3}){1,17}$/),
  fc.stringMatching(/^[a-z]{1,5}-[A-Za-z0-9]{5,7}$/),
  fc.string({ minLength: 1, maxLength: 20 }),
);

function isRefused(input: EnvironmentInput): boolean {
  try {
    check(input);
    return false;
  } catch {
    return true;
  }
}

describe("an environment and the modules it is built with", () => {
  it("take the same names of secrets", () => {
    fc.assert(
      fc.property(reference, (name) => {
        fc.pre(!name.startsWith("arn:") && !name.includes("${"));
        const refused = isRefused(sampleService({ secrets: { VALUE: name } }));
        expect([name, refused]).toEqual([name, secretReference(name, scope) === undefined]);
      }),
      { numRuns: 60 },
    );
  });
});
