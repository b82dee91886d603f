import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { environments, environmentNamed, type Environment } from "../../environments";
import { buildApp } from "../../stacks/app";

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

interface Template {
  readonly terraform: {
    readonly backend: unknown;
    readonly required_providers: unknown;
    readonly required_version: string;
  };
  readonly provider: { readonly aws: readonly Readonly<Record<string, unknown>>[] };
  readonly resource: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, { readonly value: string }>>;
}

const directories: string[] = [];

function synthesized(chosen: readonly Environment[]): ReadonlyMap<string, string> {
  const outdir = mkdtempSync(path.join(tmpdir(), "meridian-synth-"));
  directories.push(outdir);
  buildApp({ environments: chosen, outdir }).synth();
  const stacks = path.join(outdir, "stacks");
  return new Map(
    readdirSync(stacks)
      .sort()
      .map((stack) => [stack, readFileSync(path.join(stacks, stack, "cdk.tf.json"), "utf8")]),
  );
}

function templateOf(all: ReadonlyMap<string, Template>, stack: string): Template {
  const template = all.get(stack);
  if (template === undefined) {
    throw new Error(`${stack} was not synthesized`);
  }
  return template;
}

const texts = synthesized(environments);
const all = new Map([...texts].map(([stack, text]) => [stack, JSON.parse(text) as Template]));

afterAll(() => {
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true });
  }
});

describe("the App", () => {
  it("has a bootstrap, a foundation and an edge stack for each environment, two for each region, one for its distributions, and for each cluster", () => {
    const expected = environments.flatMap(({ name, regions, services, hpc }) => {
      const isDistributed = Object.values(services).some(({ routing }) => routing.entry === "distribution");
      const clusters = Object.keys(hpc.clusters).map((cluster) => `hpc-${cluster}`);
      const regional = Object.keys(regions).flatMap((region) => [`${region}-network`, region]);
      const layers = ["bootstrap", "foundation", "edge", ...regional, ...clusters];
      return [...layers, ...(isDistributed ? ["cloudfront"] : [])].map((layer) => `${name}-${layer}`);
    });

    expect([...all.keys()]).toEqual(expected.sort());
  });

  it("synthesizes the same bytes from the same environments", () => {
    expect(synthesized(environments)).toEqual(texts);
  });

  it("synthesizes the same bytes for an environment whichever others there are", () => {
    const alone = synthesized([environmentNamed("prod")]);

    for (const [stack, text] of alone) {
      expect(text).toBe(texts.get(stack));
    }
  });
});

describe("every stack", () => {
  it.each([...all.keys()])("%s keeps its state in the environment's bucket, locked natively", (stack) => {
    const environment = environmentNamed(stack.slice(0, stack.indexOf("-")));

    expect(templateOf(all, stack).terraform.backend).toEqual({
      s3: {
        bucket: environment.state.bucket,
        key: `${environment.name}/${stack}.tfstate`,
        region: environment.homeRegion,
        use_lockfile: true,
      },
    });
  });

  it.each([...all.keys()])("%s accepts both majors of the provider, from its own source", (stack) => {
    const { terraform } = templateOf(all, stack);

    expect(terraform.required_providers).toEqual({
      aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
    });
    expect(terraform.required_version).toBe(">= 1.10.0, < 2.0.0");
  });

  it.each([...all.keys()])(
    "%s has one provider without alias, bound to the account and tagging everything",
    (stack) => {
      const environment = environmentNamed(stack.slice(0, stack.indexOf("-")));
      const { aws } = templateOf(all, stack).provider;

      expect(aws.filter(({ alias }) => alias === undefined)).toHaveLength(1);
      for (const provider of aws) {
        expect(provider).toMatchObject({
          allowed_account_ids: [environment.account],
          default_tags: [{ tags: { "meridian:environment": environment.name, "meridian:stack": stack } }],
        });
      }
    },
  );

  it.each([...all.keys()])("%s sets no region on a resource, which provider 5 does not know", (stack) => {
    for (const [type, resources] of Object.entries(templateOf(all, stack).resource)) {
      for (const [id, resource] of Object.entries(resources)) {
        expect([type, id, resource.region]).toEqual([type, id, undefined]);
      }
    }
  });
});

describe("what passes between stacks", () => {
  it.each([...all.keys()])("%s reads only outputs that its upstream publishes", (stack) => {
    const template = templateOf(all, stack);
    const text = JSON.stringify(template);
    const upstreams = Object.entries(template.data?.terraform_remote_state ?? {});

    for (const [id, { config }] of upstreams) {
      const upstream = path.basename((config as { key: string }).key, ".tfstate");
      const published = Object.keys(templateOf(all, upstream).output ?? {});
      const read = [...text.matchAll(new RegExp(`terraform_remote_state\\.${id}\\.outputs\\.(\\w+)`, "g"))];
      expect(published).toEqual(expect.arrayContaining(read.map((match) => match[1])));
    }
  });

  function upstreamsOf(stack: string): string[] {
    return Object.values(templateOf(all, stack).data?.terraform_remote_state ?? {})
      .map(({ config }) => path.basename((config as { key: string }).key, ".tfstate"))
      .sort();
  }

  it("never lets one region read another, and lets a network stand before all else of its region", () => {
    for (const environment of environments) {
      for (const region of Object.keys(environment.regions)) {
        const stack = `${environment.name}-${region}`;

        expect(upstreamsOf(stack)).toEqual([`${environment.name}-foundation`, `${stack}-network`].sort());
        expect(upstreamsOf(`${stack}-network`)).toEqual([]);
      }
    }
  });

  it("never publishes a sensitive value", () => {
    const outputs = [...all.values()].flatMap(({ output }) => Object.values(output ?? {}));

    expect(outputs.filter((output) => "sensitive" in output)).toEqual([]);
  });
});

describe("deletion protection", () => {
  const stateful = ["aws_s3_bucket", "aws_ecr_repository", "aws_route53_zone", "aws_kms_key"];

  function protectedIn(stack: string, type: string): boolean[] {
    return Object.values(templateOf(all, stack).resource[type] ?? {}).map(
      ({ lifecycle }) => (lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true,
    );
  }

  it.each(stateful)("keeps prod's %s from being destroyed where it is the platform's own data", (type) => {
    const kept = ["prod-bootstrap", "prod-foundation"].flatMap((stack) => protectedIn(stack, type));

    expect(kept.length).toBeGreaterThan(0);
    expect(kept).not.toContain(false);
  });

  it.each(stateful)("lets go of local's %s", (type) => {
    const kept = ["local-bootstrap", "local-foundation"].flatMap((stack) => protectedIn(stack, type));

    expect(kept.length).toBeGreaterThan(0);
    expect(kept).not.toContain(true);
  });

  it("keeps prod's load balancers from being deleted", () => {
    expect(
      Object.values(templateOf(all, "prod-eu-west-1").resource.aws_lb ?? {}).map(
        ({ enable_deletion_protection: isProtected }) => isProtected,
      ),
    ).toEqual([true, true]);
  });
});

describe("an image of the environment's own", () => {
  it("is pulled from the registry of the region that runs it", () => {
    const images = ["prod-eu-west-1", "prod-us-east-1"].map((stack) => {
      const definitions = Object.values(templateOf(all, stack).resource.aws_ecs_task_definition ?? {});
      return definitions.every(({ container_definitions: text }) =>
        String(text).includes(`.dkr.ecr.${stack.slice("prod-".length)}.amazonaws.com/`),
      );
    });

    expect(images).toEqual([true, true]);
  });
});
