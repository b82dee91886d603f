import type { AwsAccess } from "../aws/access";
import { clientSettings } from "../aws/client";
import { answered, few, type Finding } from "./finding";
import { type Declared, literal, ofTypes, referredTo, type Subject } from "./subject";

/** An instance type that a stack starts, or may start, in some zones of a region. */
interface WantedType {
  readonly region: string;
  readonly stack: string;
  readonly type: string;
  readonly zones: readonly string[];
  /** Whether it must be offered in each of the zones, not only in one. */
  readonly everywhere: boolean;
}

/** The instance types of the stacks, with the zones of their subnets. */
export function wantedTypes(subject: Pick<Subject, "resources" | "data">): WantedType[] {
  const machines = [
    ...ofTypes(subject.resources, "aws_instance", "aws_launch_template"),
    ...ofTypes(subject.data, "aws_ec2_instance_type"),
  ];
  return machines.flatMap((machine) => {
    const type = literal(machine.block, "instance_type");
    const own = zonesOf(subject.resources, machine);
    const zones = own.length > 0 ? own : zonesOfStack(subject.resources, machine);
    return type === undefined || zones.length === 0
      ? []
      : [{ region: machine.region, stack: machine.stack, type, zones, everywhere: own.length > 0 }];
  });
}

function zonesOf(resources: readonly Declared[], machine: Declared): string[] {
  const subnet = referredTo(resources, machine.stack, machine.block.subnet_id);
  const zone = subnet === undefined ? undefined : literal(subnet.block, "availability_zone");
  return zone === undefined ? [] : [zone];
}

function zonesOfStack(resources: readonly Declared[], { stack, region }: Declared): string[] {
  const subnets = ofTypes(resources, "aws_subnet").filter(
    (each) => each.stack === stack && each.region === region,
  );
  return [...new Set(subnets.flatMap(({ block }) => literal(block, "availability_zone") ?? []))].sort();
}

/**
 * Instance types are offered in the zones where they are to run, and machine images are there.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
 */
export async function checkInstances(subject: Subject): Promise<readonly Finding[]> {
  const types = unique(wantedTypes(subject));
  const images = unique(
    ofTypes(subject.resources, "aws_instance", "aws_launch_template").flatMap(({ region, stack, block }) => {
      const image = literal(block, "ami") ?? literal(block, "image_id");
      return image === undefined ? [] : [{ region, stack, image }];
    }),
  );
  return (
    await Promise.all([
      ...types.map((type) => offered(subject.access, type)),
      ...images.map(({ region, stack, image }) => available(subject.access, region, stack, image)),
    ])
  ).flat();
}

function offered(
  access: AwsAccess,
  { region, stack, type, zones, everywhere }: WantedType,
): Promise<readonly Finding[]> {
  const what = `instance type ${type} of ${stack}`;
  return answered({ where: region, what, permission: "ec2:DescribeInstanceTypeOfferings" }, async () => {
    const { DescribeInstanceTypeOfferingsCommand, EC2Client } = await import("@aws-sdk/client-ec2");
    const { InstanceTypeOfferings = [] } = await new EC2Client(clientSettings(access, region)).send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: "availability-zone",
        Filters: [{ Name: "instance-type", Values: [type] }],
      }),
    );
    const all = InstanceTypeOfferings.flatMap(({ Location }) => Location ?? []);
    const missing = zones.filter((zone) => !all.includes(zone));
    if (missing.length === 0) {
      return [{ result: "ok", where: region, what, got: `offered in ${zones.join(", ")}` }];
    }
    const isBlocked = everywhere || missing.length === zones.length;
    return [
      {
        result: isBlocked ? "block" : "warn",
        where: region,
        what,
        got: `not offered in ${missing.join(", ")}`,
        remedy:
          all.length === 0
            ? `No zone of ${region} offers it: choose another instance type or region.`
            : `Offered in ${few(all)}: put the subnet there, or choose another instance type.`,
      },
    ];
  });
}

function available(
  access: AwsAccess,
  region: string,
  stack: string,
  image: string,
): Promise<readonly Finding[]> {
  const what = `machine image ${image} of ${stack}`;
  return answered({ where: region, what, permission: "ec2:DescribeImages" }, async () => {
    const { DescribeImagesCommand, EC2Client } = await import("@aws-sdk/client-ec2");
    const { Images = [] } = await new EC2Client(clientSettings(access, region)).send(
      new DescribeImagesCommand({
        Filters: [{ Name: "image-id", Values: [image] }],
        IncludeDeprecated: true,
      }),
    );
    const [found] = Images;
    return found?.State === "available"
      ? [{ result: "ok", where: region, what, got: "available" }]
      : [
          {
            result: "block",
            where: region,
            what,
            got:
              found === undefined
                ? "is not there, or not shared with the account"
                : `is ${found.State ?? "of unknown state"}`,
            remedy: "Build or copy the image in that region, share it with the account, or name another.",
          },
        ];
  });
}

function unique<Value extends object>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
