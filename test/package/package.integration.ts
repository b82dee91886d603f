import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

/** What another repository writes to use two modules: type-checked and synthesized below. */
const program = `
import { App, TerraformStack } from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { FargateCluster, FargateService, LoadBalancer, Network } from "meridian";

const stack = new TerraformStack(new App(), "shop");
const [account, region] = ["111122223333", "eu-west-1"];
new AwsProvider(stack, "Aws", { region });
const network = new Network(stack, "Network", { name: "shop", region, ipv4CidrBlock: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"] });
const loadBalancer = new LoadBalancer(stack, "LoadBalancer", { name: "shop", account, network, certificate: { certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/shop" } });
const cluster = new FargateCluster(stack, "Cluster", { name: "shop", account, region });
new FargateService(stack, "Web", { name: "web", account, cluster, network, loadBalancer, listenerRule: { priority: 1, hostHeaders: ["shop.example.com"] }, image: "public.ecr.aws/nginx/nginx:1.29.1", containerPort: 80, cpu: 256, memoryMiB: 512, capacity: { minimum: 2, maximum: 4 }, healthCheck: { path: "/" } });
(stack.node.root as App).synth();
`;

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${String(status)}:\n${stdout}${stderr}`);
  }
  return stdout;
}

describe("the package", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "meridian-package-"));

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("installs in an empty TypeScript project, where its modules type-check and synthesize", () => {
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--pack-destination", directory], {
        cwd: root,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).replace(/^[^[]*/, ""),
    ) as { filename: string }[];
    writeFileSync(path.join(directory, "package.json"), JSON.stringify({ name: "shop", private: true }));
    writeFileSync(path.join(directory, "main.ts"), program);
    writeFileSync(
      path.join(directory, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          module: "node16",
          target: "es2022",
          skipLibCheck: true,
          outDir: "out",
        },
        files: ["main.ts"],
      }),
    );

    const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    run("npm", [...install, `./${packed?.filename ?? ""}`, "typescript@5.9.3"], directory);
    run("npx", ["tsc"], directory);
    run(process.execPath, ["out/main.js"], directory);

    const template = JSON.parse(
      readFileSync(path.join(directory, "cdktf.out", "stacks", "shop", "cdk.tf.json"), "utf8"),
    ) as { resource: Record<string, object> };
    expect(Object.keys(template.resource)).toEqual(
      expect.arrayContaining(["aws_vpc", "aws_lb", "aws_ecs_cluster", "aws_ecs_service"]),
    );
  });

  it("ships compiled code only", () => {
    const files = readdirSync(path.join(directory, "node_modules", "meridian"));

    expect(files.sort()).toEqual(["LICENSE", "README.md", "bin", "dist", "package.json"]);
  });
});
