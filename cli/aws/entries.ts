import type { AwsAccess } from "./access";
import { clientSettings, type Patience } from "./client";
import { readParameter } from "./parameters";
import { httpStatus } from "../probes/http-status";

/** How a region's copy of a service is entered, asked as the outage allows: soon, and without a control plane. */
export interface Entries {
  /** The HTTP status that a URL answers with, under a valid certificate; redirects are not followed. */
  status(url: string): Promise<number>;
  /** An App Runner service by its name: its state and its host name. Nothing where there is none. */
  appRunner(
    access: AwsAccess,
    region: string,
    name: string,
  ): Promise<{ readonly status: string; readonly hostname: string } | undefined>;
  /** The value of a parameter of Systems Manager; nothing where there is none. */
  parameter(access: AwsAccess, region: string, name: string): Promise<string | undefined>;
}

const patience: Patience = { connectMilliseconds: 3000, answerMilliseconds: 5000, attempts: 2 };

/** As long as Route 53's own checkers wait for a connection and an answer, and some more for the distance. */
const answerMilliseconds = 10_000;

/** The real answers; SDKs are loaded on first use. */
export const regionalEntries: Entries = {
  status: (url) => httpStatus(url, answerMilliseconds),

  async appRunner(access, region, name) {
    const { AppRunnerClient, paginateListServices } = await import("@aws-sdk/client-apprunner");
    const client = new AppRunnerClient(clientSettings(access, region, patience));
    for await (const { ServiceSummaryList = [] } of paginateListServices({ client }, {})) {
      const found = ServiceSummaryList.find(({ ServiceName }) => ServiceName === name);
      if (found !== undefined) {
        return { status: found.Status ?? "", hostname: found.ServiceUrl ?? "" };
      }
    }
    return undefined;
  },

  parameter: (access, region, name) => readParameter(access, region, name, patience),
};
