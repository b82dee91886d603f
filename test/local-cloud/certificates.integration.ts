/**
 * Certificates, delegation and health checks over the months, met by the real runner and real Terraform with
 * the real AWS provider. One cloud for all; stacks as small as the question needs.
 */
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

import { Certificate, HealthCheck, HostedZone } from "../../modules/dns";
import { demo, demoStack, LocalRunner } from "../cli/support/local-runner";
import { emptyStack, synthesize } from "../support/synth";

jest.setTimeout(600_000);

const domain = "demo.example.com";

/** The resources of some constructs, for a stack of the runner. */
function resourcesOf(build: (scope: Construct) => void): Record<string, object> {
  const stack: TerraformStack = emptyStack();
  build(stack);
  return synthesize(stack).resource as Record<string, object>;
}

const zone = {
  resource: { aws_route53_zone: { Zone: { name: domain } } },
  output: {
    hosted_zone_id: { value: "${aws_route53_zone.Zone.zone_id}" },
    domain_name: { value: domain },
    name_servers: { value: "${aws_route53_zone.Zone.name_servers}" },
  },
};

/** The zone of the foundation, as another stack reads it. */
const upstream = {
  terraform_remote_state: {
    Foundation: {
      backend: "s3",
      config: { bucket: "demo-states", key: "demo/demo-foundation.tfstate", region: demo.homeRegion },
    },
  },
};
const hostedZone = HostedZone.fromHostedZoneAttributes({
  hostedZoneId: "${data.terraform_remote_state.Foundation.outputs.hosted_zone_id}",
  zoneName: domain,
});

function certificateResources(): Record<string, object> {
  return resourcesOf((scope) => {
    new Certificate(scope, "Certificate", {
      domainName: domain,
      subjectAlternativeNames: [`*.${domain}`, `*.eu-west-1.${domain}`],
      zone: hostedZone,
    });
  });
}

/** A region whose certificate is used, as a load balancer uses it, but made in a second. */
function region(): Record<string, object> {
  const resources = certificateResources();
  const [validation] = Object.keys(resources.aws_acm_certificate_validation ?? {});
  return {
    ...resources,
    aws_api_gateway_domain_name: {
      Entry: {
        domain_name: `web.${domain}`,
        regional_certificate_arn: `\${aws_acm_certificate_validation.${validation ?? ""}.certificate_arn}`,
        endpoint_configuration: [{ types: ["REGIONAL"] }],
      },
    },
  };
}

const foundation = demoStack("demo-foundation", zone);
const regional = demoStack("demo-eu-west-1", { data: upstream, resource: region() }, ["demo-foundation"]);

function edge(requestIntervalSeconds: 10 | 30, isDestroyedFirst = false) {
  const resource = resourcesOf((scope) => {
    new HealthCheck(scope, "Check", {
      name: "web",
      check: {
        kind: "https",
        fullyQualifiedDomainName: `web.${domain}`,
        path: "/health",
        timing: { requestIntervalSeconds, failureThreshold: 3 },
      },
    });
  }) as { aws_route53_health_check: Record<string, { lifecycle?: object }> };
  if (isDestroyedFirst) {
    Object.values(resource.aws_route53_health_check).forEach((check) => delete check.lifecycle);
  }
  return demoStack("demo-edge", { resource }, ["demo-foundation"]);
}

describe("a domain, its certificates and its health checks", () => {
  let runner: LocalRunner;

  beforeAll(async () => {
    runner = await LocalRunner.start();
  });

  afterEach(async () => {
    await runner.beUnkind();
  });

  afterAll(async () => {
    await runner.stop();
  });

  it("stops before certificates wait for an undelegated domain, and continues once it is delegated", async () => {
    runner.stacks = [foundation, regional];
    await runner.beUnkind("undelegated-zone");

    const { exitCode, text } = await runner.meridian("deploy", "demo", "--auto-approve");

    expect(exitCode).toBe(1);
    expect(text).toContain(
      `${domain} is not delegated to its zone, so the certificates of demo-eu-west-1 cannot be validated.`,
    );
    expect(text).toMatch(/Have the name servers of demo\.example\.com be exactly these:\n\s+ns-\d+\.awsdns-/);
    expect(text).toContain("Then run the same command again: it continues from here.");

    // What a registrar does.
    await runner.beUnkind();
    await runner.succeeds("deploy", "demo", "--auto-approve");
  });

  it("has no certificate that expires because nothing uses it", async () => {
    await runner.beUnkind("unused-certificate-expiry");

    await runner.succeeds("plan", "demo", "--detailed-exitcode");

    // As the foundation once had them.
    const former = demoStack("demo-former", { data: upstream, resource: certificateResources() }, [
      "demo-foundation",
    ]);
    await runner.beUnkind();
    runner.stacks = [foundation, regional, former];
    await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.beUnkind("unused-certificate-expiry");
    expect((await runner.meridian("plan", "demo", "--detailed-exitcode")).exitCode).toBe(2);

    // Its records stay for the region, which has the same.
    const removed = Object.keys(certificateResources().aws_route53_record ?? {}).map((name) => ({
      from: `aws_route53_record.${name}`,
      lifecycle: [{ destroy: false }],
    }));
    runner.stacks = [foundation, regional, demoStack("demo-former", { removed }, ["demo-foundation"])];
    await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.succeeds("plan", "demo", "--detailed-exitcode");
  });

  it("replaces a health check after its successor exists, and refuses to do it the other way round", async () => {
    runner.stacks = [foundation, regional, edge(30)];
    await runner.succeeds("deploy", "demo", "--auto-approve");

    runner.stacks = [foundation, regional, edge(10, true)];
    const { exitCode, text } = await runner.meridian("deploy", "demo", "--auto-approve");
    expect(exitCode).toBe(1);
    expect(text).toContain("interruption: replace aws_route53_health_check.");

    runner.stacks = [foundation, regional, edge(10)];
    await runner.succeeds("deploy", "demo", "--auto-approve");
    await runner.succeeds("destroy", "demo", "--auto-approve");
  });
});
