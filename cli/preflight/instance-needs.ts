import type { AwsAccess } from "../aws/access";
import { clientSettings } from "../aws/client";
import type { Need } from "./quota-needs";
import { instanceQuotaOf, type QuotaName } from "./quota-table";
import { type Declared, innerBlocks, literal, ofTypes, referredTo, type Subject } from "./subject";

/** Machines of one type in a region. */
interface Machines {
  readonly quota: QuotaName;
  readonly region: string;
  readonly type: string;
  readonly wanted: number;
  readonly most: number;
}

/**
 * The vCPUs of instances: those that always run, those that groups may start, and one of each type that a
 * cluster's fleets may start. What EC2 does not describe is left out here; that it is not offered is told apart.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
 */
export async function instanceNeeds({ access, resources, data }: Subject): Promise<Need[]> {
  const machines = machinesOf(resources, data);
  const needs = new Map<string, Need & { readonly most: number }>();
  for (const { quota, region, type, wanted, most } of machines) {
    const vcpus = await vcpusOf(access, region, type);
    const before = needs.get(`${quota} ${region}`) ?? { quota, region, needed: 0, owned: 0, most: 0 };
    const needed = before.needed + wanted * vcpus;
    needs.set(`${quota} ${region}`, { ...before, needed, owned: needed, most: before.most + most * vcpus });
  }
  return [...needs.values()].filter(({ most }) => most > 0);
}

/** The machines of the stacks, as far as their types are written out. */
export function machinesOf(resources: readonly Declared[], data: readonly Declared[]): Machines[] {
  const always = ofTypes(resources, "aws_instance").flatMap((machine) =>
    machinesAt(machine, machine, machine.count, machine.count),
  );
  const groups = ofTypes(resources, "aws_autoscaling_group").flatMap((group) => {
    const [reference] = innerBlocks(group.block, "launch_template");
    const template = referredTo(resources, group.stack, reference?.id ?? reference?.name);
    const { desired_capacity: desired = 0, max_size: most = desired } = group.block;
    return template === undefined ? [] : machinesAt(group, template, Number(desired), Number(most));
  });
  const fleets = ofTypes(data, "aws_ec2_instance_type").flatMap((type) => machinesAt(type, type, 0, 1));
  return [...always, ...groups, ...fleets];
}

function machinesAt({ region }: Declared, { block }: Declared, wanted: number, most: number): Machines[] {
  const type = literal(block, "instance_type");
  const quota = type === undefined ? undefined : instanceQuotaOf(type);
  return type === undefined || quota === undefined ? [] : [{ quota, region, type, wanted, most }];
}

async function vcpusOf(access: AwsAccess, region: string, type: string): Promise<number> {
  const { DescribeInstanceTypesCommand, EC2Client } = await import("@aws-sdk/client-ec2");
  const client = new EC2Client(clientSettings(access, region));
  try {
    const { InstanceTypes = [] } = await client.send(
      new DescribeInstanceTypesCommand({ Filters: [{ Name: "instance-type", Values: [type] }] }),
    );
    return InstanceTypes[0]?.VCpuInfo?.DefaultVCpus ?? 0;
  } catch {
    // Whoever may not ask this hears of it where the offer of the type is asked for.
    return 0;
  }
}
