import { clientSettings } from "../aws/client";
import { answered, type Finding } from "./finding";
import { ofTypes, regionsOf, type Subject } from "./subject";

/**
 * App Runner takes no new customers since 30 April 2026: an account without any service may be one.
 *
 * @see https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html
 */
export async function checkAppRunner({ access, resources }: Subject): Promise<readonly Finding[]> {
  const regions = regionsOf(ofTypes(resources, "aws_apprunner_service"));
  const what = "App Runner is open to the account";
  const found = await Promise.all(
    regions.map((where) =>
      answered({ where, what, permission: "apprunner:ListServices" }, async () => {
        const { AppRunnerClient, ListServicesCommand } = await import("@aws-sdk/client-apprunner");
        const client = new AppRunnerClient(clientSettings(access, where));
        const { ServiceSummaryList = [] } = await client.send(new ListServicesCommand({ MaxResults: 20 }));
        const count = ServiceSummaryList.length;
        return [{ result: "ok", where, what, got: count === 0 ? noService : "has services" }];
      }),
    ),
  );
  const findings = found.flat();
  const empty = findings.filter(({ got }) => got === noService);
  return empty.length === 0 || empty.length < findings.length
    ? findings
    : [
        {
          result: "warn",
          where: "global",
          what,
          got: "the account has no App Runner service in any region of the environment, and App Runner has accepted no new customers since 30 April 2026",
          remedy:
            'If the account is an existing customer, continue; otherwise AWS refuses the service: run it on Fargate (`runtime: "fargate"`), or ask AWS Support.',
        },
      ];
}

const noService = "no service";
