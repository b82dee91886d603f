import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseClusterFile } from "../../../modules/hpc-cluster";
import { ClusterMonitoring } from "../../../modules/hpc-cluster/cluster-monitoring";
import { emptyStack, resourceAt, resourcesOf } from "../../support/synth";
import { slurmFile } from "./files";

function stackOf(rest?: string, headInstanceId?: string) {
  const stack = emptyStack();
  const { configuration } = parseClusterFile(slurmFile({ rest }), "cluster.yaml");
  if (configuration === undefined) {
    throw new Error("the file of the test is wrong");
  }
  new ClusterMonitoring(stack, "Monitoring", {
    clusterName: "demo",
    region: "eu-west-1",
    monitoring: configuration.Monitoring,
    headInstanceId,
    alarmTopic: { topicArn: "arn:aws:sns:eu-west-1:111122223333:alarms" },
  });
  return stack;
}

const head = "i-11111111111111111";
const filtersOf = (stack: ReturnType<typeof stackOf>) =>
  Object.values(resourcesOf(stack, "aws_cloudwatch_log_metric_filter"));
const alarmNames = (stack: ReturnType<typeof stackOf>) =>
  Object.values(resourcesOf(stack, "aws_cloudwatch_metric_alarm")).map(({ alarm_name: name }) => name);

describe("the monitoring of a cluster", () => {
  it("counts what the cluster daemon logs", () => {
    const filters = filtersOf(stackOf(undefined, head));

    expect(filters.map(({ name }) => name)).toEqual([
      "FailedBoots",
      "FailedLaunches",
      "ProtectedQueues",
      "Rounds",
    ]);
    expect(filters[1]).toEqual({
      name: "FailedLaunches",
      log_group_name: "${aws_cloudwatch_log_group.Monitoring_19FB5217.name}",
      pattern: '"ERROR launch of"',
      metric_transformation: {
        name: "FailedLaunches",
        namespace: "Meridian/HPC/demo",
        value: "1",
        default_value: "0",
        unit: "Count",
      },
    });
  });

  it("looks for the words that the daemon uses", () => {
    const daemon = readFileSync(
      join(__dirname, "../../../modules/hpc-cluster/daemon/meridian_hpc.py"),
      "utf8",
    );

    for (const call of [
      'log.info("watched %d nodes"',
      'log.error("launch of %d nodes of %s failed',
      'log.error("%s did not boot;',
      'log.error("%s is protected:',
      'format="%(asctime)s %(levelname)s %(message)s"',
    ]) {
      expect(daemon.split(call)).toHaveLength(2);
    }
  });

  it("reports a daemon that fell silent while the node still logs", () => {
    expect(
      resourceAt(stackOf(undefined, head), "aws_cloudwatch_metric_alarm", "Monitoring/DaemonAlarm"),
    ).toEqual({
      alarm_name: "demo-daemon",
      alarm_description: "In the cluster demo the cluster daemon or Slurm's controller does not answer.",
      namespace: "Meridian/HPC/demo",
      metric_name: "Rounds",
      statistic: "Sum",
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      period: 300,
      evaluation_periods: 3,
      treat_missing_data: "ignore",
      alarm_actions: ["arn:aws:sns:eu-west-1:111122223333:alarms"],
      ok_actions: ["arn:aws:sns:eu-west-1:111122223333:alarms"],
    });
  });

  it("watches the head node and the daemon by six alarms", () => {
    expect(alarmNames(stackOf(undefined, head))).toEqual([
      "demo-head-cpu",
      "demo-daemon",
      "demo-head-disk",
      "demo-head-health",
      "demo-head-memory",
      "demo-protection",
    ]);
  });

  it("counts and rings nothing of the daemon where no log goes to CloudWatch", () => {
    const stack = stackOf(
      "Monitoring: {Logs: {CloudWatch: {Enabled: false}, Rotation: {Enabled: false}}}",
      head,
    );

    expect(filtersOf(stack)).toEqual([]);
    expect(alarmNames(stack)).toHaveLength(4);
    expect(resourceAt(stack, "aws_cloudwatch_dashboard").dashboard_body).not.toContain("Fleet");
  });

  it("counts without alarms where they are off", () => {
    const stack = stackOf("Monitoring: {Alarms: {Enabled: false}}", head);

    expect(filtersOf(stack)).toHaveLength(4);
    expect(alarmNames(stack)).toEqual([]);
  });

  it("keeps logs only, where there is no head node", () => {
    const stack = stackOf();

    expect(filtersOf(stack)).toEqual([]);
    expect(Object.keys(resourcesOf(stack, "aws_cloudwatch_log_group"))).toHaveLength(1);
  });

  it("shows the fleet beside the head node", () => {
    const body = JSON.parse(
      resourceAt(stackOf(undefined, head), "aws_cloudwatch_dashboard").dashboard_body as string,
    ) as { widgets: { properties: { title: string } }[] };

    expect(body.widgets.map(({ properties }) => properties.title)).toEqual([
      "Head node: Health",
      "Head node: Cpu",
      "Head node: Memory",
      "Head node: Disk",
      "Fleet",
    ]);
  });
});
