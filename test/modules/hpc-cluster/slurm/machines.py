#!/usr/bin/env python3
"""Plays the machines: whatever EC2 says is running boots a slurmd under its node's name on this host.

An instance "boots" when it appears: its node's name is looked up as a real node does, then slurmd
starts. It "ends" when EC2 no longer runs it. Instances of a compute resource named in the file
`never-boot` stay silent. While there is a file `watch`, each machine runs the real watch of compute nodes; one that powers
itself off is terminated, as EC2 does with instances of such launch templates.
"""

import concurrent.futures
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
machines, nodes = {}, {}
WATCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../modules/hpc-cluster/nodes/watch.sh")


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
    os.makedirs(f"{base}/tmp/{node}", exist_ok=True)
    os.chmod(f"{base}/tmp/{node}", 0o1777)  # What PMIx leaves in /tmp has the same name on every node of a job.
    subprocess.run(["scontrol", "update", f"nodename={node}", "nodeaddr=127.0.0.1", f"nodehostname={os.uname().nodename}"], check=False)
    return subprocess.Popen(
        ["env", "--default-signal", "slurmd", "-D", "-b", "-N", node, "-f", os.environ["SLURM_CONF"]],
        stdin=subprocess.DEVNULL, stdout=open(f"{base}/log/slurmd.{node}.out", "a"), stderr=subprocess.STDOUT,
        start_new_session=True)


def powers_off(node):
    """Runs the node's watch once, as its timer does, and says whether it has powered the machine off."""
    root = f"{base}/watched/{node}"
    for folder in ("etc/default", "run", "var/log", "bin"):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    with open(f"{root}/etc/default/slurmd", "w", encoding="utf-8") as file:
        file.write(f'SLURMD_OPTIONS="-N {node}"\n')
    with open(f"{root}/bin/systemctl", "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\n[ "$*" = poweroff ] && touch {root}/off\n')
    os.chmod(f"{root}/bin/systemctl", 0o755)
    subprocess.run(["bash", WATCH], check=False, env={
        **os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}", "MERIDIAN_ROOT": root, "MERIDIAN_IDLE_SECONDS": "15", "MERIDIAN_ANSWER_SECONDS": "10",
        "MERIDIAN_CONSOLE": f"{root}/console", "MERIDIAN_SLURMD_SPOOL": f"{base}/spool/{node}"})
    return os.path.exists(f"{root}/off")


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
                machines[instance], nodes[instance] = boot(node), node
        for instance in machines.keys() - running:
            end(machines.pop(instance))
        if os.path.exists(f"{base}/watch"):
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                ends = dict(zip(machines, pool.map(powers_off, [nodes[instance] for instance in machines])))
            off = [instance for instance, over in ends.items() if over]
            if off:
                ec2.terminate_instances(InstanceIds=off)
    except Exception as error:
        print(error, file=sys.stderr, flush=True)
    time.sleep(0.3)
