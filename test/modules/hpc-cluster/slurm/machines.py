#!/usr/bin/env python3
"""Plays the machines: whatever EC2 says is running boots a slurmd under its node's name on this host.

An instance "boots" when it appears: its node's name is looked up as a real node does, then slurmd
starts. It "ends" when EC2 no longer runs it. Instances of a compute resource named in the file
`never-boot` stay silent.
"""

import json
import os
import signal
import subprocess
import sys
import time

import boto3

base, fleet_path = sys.argv[1:3]
fleet = json.load(open(fleet_path, encoding="utf-8"))
ec2 = boto3.client("ec2", region_name=fleet["region"])
table = boto3.resource("dynamodb", region_name=fleet["region"]).Table(fleet["table"])
machines = {}


def named(instance):
    found = table.query(IndexName="InstanceId", KeyConditionExpression="InstanceId = :id",
                        ExpressionAttributeValues={":id": instance})["Items"]
    return found[0]["Id"] if found else None


def silent(node):
    try:
        return any(node.startswith(line.strip()) for line in open(f"{base}/never-boot", encoding="utf-8") if line.strip())
    except OSError:
        return False


def boot(node):
    os.makedirs(f"{base}/spool/{node}", exist_ok=True)
    subprocess.run(["scontrol", "update", f"nodename={node}", "nodeaddr=127.0.0.1", f"nodehostname={os.uname().nodename}"], check=False)
    return subprocess.Popen(
        ["env", "--default-signal", "slurmd", "-D", "-b", "-N", node, "-f", os.environ["SLURM_CONF"]],
        stdin=subprocess.DEVNULL, stdout=open(f"{base}/log/slurmd.{node}.out", "a"), stderr=subprocess.STDOUT,
        start_new_session=True)


def end(process):
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def stop(*_):
    for process in machines.values():
        end(process)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
while True:
    try:
        pages = ec2.describe_instances(Filters=[{"Name": "tag:meridian:cluster", "Values": [fleet["cluster"]]},
                                                {"Name": "instance-state-name", "Values": ["pending", "running"]}])
        running = {one["InstanceId"] for group in pages["Reservations"] for one in group["Instances"]}
        booting = {instance: named(instance) for instance in running - machines.keys()}
        if any(booting.values()):
            time.sleep(1.1)  # Slurm compares the nodes' boot with the request by the second.
        for instance, node in booting.items():
            if node and not silent(node):
                machines[instance] = boot(node)
        for instance in machines.keys() - running:
            end(machines.pop(instance))
    except Exception as error:
        print(error, file=sys.stderr, flush=True)
    time.sleep(0.3)
