/**
 * What stands in an account, asked of the AWS API as any client would. Default VPCs and AWS-managed
 * things, which nobody created, do not count.
 */
import { request } from "node:http";

interface Question {
  /** Name of the service in the signature's scope. */
  readonly service: string;
  readonly method?: "GET" | "POST";
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Finds each thing that stands in the answer. */
  readonly found: RegExp;
}

function query(service: string, action: string, version: string, found: RegExp, extra = ""): Question {
  return {
    service,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `Action=${action}&Version=${version}${extra}`,
    found,
  };
}

function json(service: string, target: string, found: RegExp, version = "1.1"): Question {
  return {
    service,
    headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target },
    body: "{}",
    found,
  };
}

const ec2 = "2016-11-15";
const elb = "2015-12-01";

const regional: readonly Question[] = [
  query(
    "ec2",
    "DescribeVpcs",
    ec2,
    /<vpcId>(.*?)<\/vpcId>/g,
    "&Filter.1.Name=is-default&Filter.1.Value.1=false",
  ),
  query(
    "ec2",
    "DescribeNatGateways",
    ec2,
    /<natGatewayId>(.*?)<\/natGatewayId>/g,
    "&Filter.1.Name=state&Filter.1.Value.1=available",
  ),
  query("ec2", "DescribeAddresses", ec2, /<allocationId>(.*?)<\/allocationId>/g),
  query("ec2", "DescribeFlowLogs", ec2, /<flowLogId>(.*?)<\/flowLogId>/g),
  query("elasticloadbalancing", "DescribeLoadBalancers", elb, /<LoadBalancerArn>(.*?)<\/LoadBalancerArn>/g),
  query("elasticloadbalancing", "DescribeTargetGroups", elb, /<TargetGroupArn>(.*?)<\/TargetGroupArn>/g),
  query("sns", "ListTopics", "2010-03-31", /<TopicArn>(.*?)<\/TopicArn>/g),
  query("monitoring", "DescribeAlarms", "2010-08-01", /<AlarmName>(.*?)<\/AlarmName>/g),
  json("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories", /"repositoryArn": ?"([^"]*)"/g),
  json(
    "ecs",
    "AmazonEC2ContainerServiceV20141113.ListTaskDefinitions",
    /"(arn:aws:ecs:[^"]*:task-definition\/[^"]*)"/g,
  ),
  json("logs", "Logs_20140328.DescribeLogGroups", /"logGroupName": ?"([^"]*)"/g),
  json("kms", "TrentService.ListAliases", /"AliasName": ?"(alias\/(?!aws\/)[^"]*)"/g),
  json("acm", "CertificateManager.ListCertificates", /"CertificateArn": ?"([^"]*)"/g),
];

const global: readonly Question[] = [
  { service: "s3", method: "GET", path: "/", found: /<Bucket>[\s\S]*?<Name>(.*?)<\/Name>/g },
  {
    service: "route53",
    method: "GET",
    path: "/2013-04-01/hostedzone",
    found: /<Id>(\/hostedzone\/.*?)<\/Id>/g,
  },
  {
    service: "route53",
    method: "GET",
    path: "/2013-04-01/healthcheck",
    found: /<HealthCheck>\s*<Id>(.*?)<\/Id>/g,
  },
  query("iam", "ListRoles", "2010-05-08", /<Arn>(arn:aws:iam::\d+:role\/(?!aws-service-role\/).*?)<\/Arn>/g),
  query("iam", "ListOpenIDConnectProviders", "2010-05-08", /<Arn>(.*?)<\/Arn>/g),
];

/** Everything that stands in the regions, as `<region> <service> <id>`, sorted. */
export async function inventory(endpoint: string, regions: readonly string[]): Promise<string[]> {
  const questions = [
    ...regions.flatMap((region) => regional.map((question) => ({ region, question }))),
    ...global.map((question) => ({ region: "us-east-1", question })),
  ];
  const answers = await Promise.all([
    ...questions.map(async ({ region, question }) => {
      const ids = await ask(endpoint, region, question);
      return ids.map((id) => `${region} ${question.service} ${id}`);
    }),
    ...regions.map((region) => activeClusters(endpoint, region)),
  ]);
  return answers.flat().sort();
}

/** ECS still lists a deleted cluster for a while, as inactive. */
async function activeClusters(endpoint: string, region: string): Promise<string[]> {
  const target = "AmazonEC2ContainerServiceV20141113";
  const listed = await ask(
    endpoint,
    region,
    json("ecs", `${target}.ListClusters`, /"(arn:[^"]*:cluster\/[^"]*)"/g),
  );
  const describe = json("ecs", `${target}.DescribeClusters`, /[\s\S]+/g);
  const [text = "{}"] = await ask(endpoint, region, {
    ...describe,
    body: JSON.stringify({ clusters: listed }),
  });
  const { clusters = [] } = JSON.parse(text) as { clusters?: { clusterArn: string; status: string }[] };
  return clusters
    .filter(({ status }) => status !== "INACTIVE")
    .map(({ clusterArn }) => `${region} ecs ${clusterArn}`);
}

async function ask(endpoint: string, region: string, question: Question): Promise<string[]> {
  const { service, method = "POST", path = "/", headers = {}, body } = question;
  const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const { status, text } = await send(new URL(path, endpoint), method, { ...headers, authorization }, body);
  if (status >= 300) {
    throw new Error(`${service} answered ${status}: ${text}`);
  }
  return [...text.matchAll(question.found)].map((match) => match[1] ?? match[0]);
}

/** One request on a connection of its own: a pooled one may have been closed while a test waited. */
function send(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body = "",
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.on("error", reject).end(body);
  });
}
