#!/usr/bin/env python3
"""What the cluster daemon decides, against a Slurm and a cloud in memory. Prints the outcome of each test as JSON."""

import importlib.util
import json
import logging
import os
import pathlib
import sys
import tempfile
import traceback
from datetime import datetime, timezone

source = pathlib.Path(__file__).parents[4] / "modules/hpc-cluster/daemon/meridian_hpc.py"
sys.dont_write_bytecode = True
sys.path.insert(0, str(source.parent))
spec = importlib.util.spec_from_file_location("meridian_hpc", source)
hpc = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hpc)
logging.disable(logging.CRITICAL)


class Killed(Exception):
    """The daemon was killed at this point."""


class Slurm:
    def __init__(self, nodes):
        self.states = {node: ({"IDLE", "CLOUD", "POWERED_DOWN"}, "") for node in nodes}
        self.addresses, self.reasons, self.partitions_ = {}, {}, {}
        self.powered_down, self.powered_up = [], []
        self.busy, self.reserved = set(), {}

    def own_user(self):
        return "slurm"

    def busy_partitions(self):
        return self.busy

    def reservations(self):
        return self.reserved

    def reserve(self, name, nodes):
        self.reserved[name] = nodes

    def unreserve(self, name):
        del self.reserved[name]

    def nodes(self):
        return dict(self.states)

    def update_nodes(self, names, nodeaddr=None, nodehostname=None):
        for name in names:
            self.addresses[name] = nodeaddr

    def drain(self, names, reason):
        for name in names:
            self.states[name] = (self.states[name][0] | {"DRAIN"}, f"meridian: {reason} [slurm@2026-11-21T09:00:00]")

    def down(self, names, reason):
        for name in names:
            self.states[name] = ({"DOWN", "CLOUD", "POWERED_DOWN"}, reason)
            self.reasons[name] = reason

    def resume(self, names):
        for name in names:
            self.states[name] = (self.states[name][0] - {"DRAIN"}, "")

    def power_down(self, names):
        self.powered_down += list(names)

    def power_up(self, names):
        self.powered_up += list(names)

    def partition(self, name, state):
        self.partitions_[name] = state

    def partitions(self):
        return {"q": "inact" if self.partitions_.get("q") == "inactive" else "up"}


class Cloud:
    def __init__(self, clock):
        self.clock, self.table, self.running, self.names = clock, {}, {}, {}
        self.capacity, self.launches, self.kill_after_launch, self.asked_meanwhile = {}, [], False, None
        self.ended_for, self.blocks, self.planned, self.consoles = {}, {}, {}, {}

    def fates(self, ids):
        return {key: self.ended_for[key] for key in ids if key in self.ended_for}

    def reservation_states(self, ids):
        return {key: self.blocks[key] for key in ids if key in self.blocks}

    def items(self):
        return dict(self.table)

    def item(self, key):
        return self.table.get(key)

    def put(self, items):
        for item in items:
            self.table[item["Id"]] = item

    def delete(self, keys):
        for key in keys:
            self.table.pop(key, None)

    def tell_fleet(self, fields, status=None, before=None):
        if self.asked_meanwhile:
            self.table["FLEET"] = {"Id": "FLEET", "Status": self.asked_meanwhile}
            self.asked_meanwhile = None
        fleet = self.table.setdefault("FLEET", {"Id": "FLEET"})
        if status and fleet.get("Status", before) == before:
            fleet["Status"] = status
        fleet.update(fields)

    def instances(self):
        return dict(self.running)

    def launched(self, launch):
        return {key: one for key, one in self.running.items() if one["launch"] == launch}

    def troubles(self):
        return set(), self.planned

    def console(self, instance):
        return self.consoles.get(instance)

    def terminate(self, ids):
        for key in ids:
            self.running.pop(key, None)

    def launch(self, place, least, most, launch, spot):
        self.launches.append(("/".join(place), least, most, "spot" if spot else "on-demand"))
        key = "/".join(place) + (" spot" if spot else "")
        left = self.capacity.get(key, 1000)
        if left < least:
            raise hpc.LaunchError("InsufficientInstanceCapacity", "none left")
        count = min(left, most)
        self.capacity[key] = left - count
        new = []
        for _ in range(count):
            number = len(self.names) + len(self.running) + len(new) + 1
            new.append({"InstanceId": f"i-{launch[:6]}-{number}", "PrivateIpAddress": f"10.0.0.{number}", "launch": launch,
                        "LaunchTime": datetime.fromtimestamp(self.clock(), timezone.utc)})
        self.running.update({one["InstanceId"]: one for one in new})
        if self.kill_after_launch:
            self.kill_after_launch = False
            raise Killed()
        return new

    def records(self, action, pairs):
        for node, address in pairs:
            if action == "UPSERT":
                self.names[node] = address
            else:
                self.names.pop(node)


def resource(**changes):
    return {"launchTemplateId": "lt-1", "instanceTypes": ["c5.large"], "flexible": False, "capacityType": "ONDEMAND",
            "spotFallback": False, "subnetIds": ["subnet-1"], "minCount": 0, "maxCount": 4, **changes}


class World:
    """A cluster with the queue q and its compute resources, at a time that tests set."""

    def __init__(self, strategy="all-or-nothing", **resources):
        self.now = 1_000_000
        clock = lambda: self.now
        values = {"cluster": "demo", "headNode": {"hostName": "demo-head", "address": "10.0.0.1"}, "scalingStrategy": strategy,
                  "bootstrapTimeoutSeconds": 1800, "capacityTimeoutSeconds": 600, "protectedAfterFailures": 3,
                  "orphanGraceSeconds": 120, "queues": {"q": resources or {"a": resource(), "b": resource()}}}
        file = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
        json.dump(values, file)
        file.close()
        fleet = hpc.Fleet(file.name)
        os.unlink(file.name)
        self.slurm = Slurm([node for place in fleet.places() for node in fleet.nodes_of(place)])
        self.cloud = Cloud(clock)
        self.fleet = fleet
        self.manager = hpc.Manager(fleet, self.slurm, self.cloud, clock)

    def restart(self):
        self.manager = hpc.Manager(self.fleet, self.slurm, self.cloud, lambda: self.now)

    def resume(self, nodes, *jobs):
        for node in nodes:
            self.state(node, "ALLOCATED", "CLOUD", "POWERING_UP")
        self.manager.handle({"kind": "resume", "nodes": nodes, "jobs": [{"id": n, "nodes": job} for n, job in enumerate(jobs)]})

    def mapped(self):
        return {key: item["InstanceId"] for key, item in self.cloud.table.items() if "InstanceId" in item}

    def state(self, node, *flags):
        self.slurm.states[node] = (set(flags), "")


def nodes(resource_name, *numbers):
    return [f"q-dy-{resource_name}-{number}" for number in numbers]


tests = {}


def test(function):
    tests[function.__doc__] = function
    return function


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


@test
def all_or_nothing():
    """all-or-nothing launches every node of a job at once or none, and the next job all the same"""
    world = World()
    world.cloud.capacity = {"q/a": 3}
    world.resume(nodes("a", 1, 2, 3, 4), nodes("a", 1, 2), nodes("a", 3, 4))
    equal(world.cloud.launches, [("q/a", 2, 2, "on-demand"), ("q/a", 2, 2, "on-demand")])
    equal(sorted(world.mapped()), nodes("a", 1, 2))
    equal(sorted(world.slurm.reasons), nodes("a", 3, 4))


@test
def all_or_nothing_over_resources():
    """all-or-nothing gives back the first resource's instances when the second has none for the same job"""
    world = World()
    world.cloud.capacity = {"q/b": 0}
    world.resume(nodes("a", 1) + nodes("b", 1), nodes("a", 1) + nodes("b", 1))
    equal((world.mapped(), world.cloud.running), ({}, {}))
    equal(world.slurm.reasons["q-dy-a-1"], "(Code:InsufficientInstanceCapacity) the job's other nodes could not be launched")


@test
def best_effort():
    """best-effort launches what there is and sets down the nodes that got nothing"""
    world = World("best-effort")
    world.cloud.capacity = {"q/a": 2}
    world.resume(nodes("a", 1, 2, 3), nodes("a", 1, 2, 3))
    equal(world.cloud.launches, [("q/a", 1, 3, "on-demand")])
    equal(sorted(world.mapped()), nodes("a", 1, 2))
    equal(list(world.slurm.reasons), nodes("a", 3))


@test
def greedy():
    """greedy-all-or-nothing takes all there is, serves the jobs that fit, and gives the rest back"""
    world = World("greedy-all-or-nothing")
    world.cloud.capacity = {"q/a": 3}
    world.resume(nodes("a", 1, 2, 3, 4), nodes("a", 1, 2), nodes("a", 3, 4))
    equal(world.cloud.launches, [("q/a", 1, 4, "on-demand")])
    equal(sorted(world.mapped()), nodes("a", 1, 2))
    equal(len(world.cloud.running), 2)
    equal(sorted(world.slurm.reasons), nodes("a", 3, 4))


@test
def greedy_over_resources():
    """greedy-all-or-nothing serves a later job that fits after an earlier one that does not"""
    world = World("greedy-all-or-nothing")
    world.cloud.capacity = {"q/a": 1}
    world.resume(nodes("a", 1, 2, 3), nodes("a", 1, 2), nodes("a", 3))
    equal(list(world.mapped()), nodes("a", 3))
    equal(len(world.cloud.running), 1)


@test
def spot_fallback():
    """Spot without capacity falls back to On-Demand where the file asks for it"""
    world = World(a=resource(capacityType="SPOT", spotFallback=True))
    world.cloud.capacity = {"q/a spot": 0}
    world.resume(nodes("a", 1), nodes("a", 1))
    equal(world.cloud.launches, [("q/a", 1, 1, "spot"), ("q/a", 1, 1, "on-demand")])
    equal(list(world.mapped()), nodes("a", 1))


@test
def no_spot_fallback():
    """Spot without capacity is a lack of capacity where the file asks for no fallback"""
    world = World(a=resource(capacityType="SPOT"))
    world.cloud.capacity = {"q/a spot": 0}
    world.resume(nodes("a", 1), nodes("a", 1))
    equal(world.cloud.launches, [("q/a", 1, 1, "spot")])
    equal(world.mapped(), {})


@test
def capacity_failover():
    """a resource without capacity is set down whole for ten minutes, then tried again"""
    world = World()
    world.cloud.capacity = {"q/a": 0}
    world.resume(nodes("a", 1), nodes("a", 1))
    equal(sorted(world.slurm.reasons), nodes("a", 1, 2, 3, 4))
    equal(world.cloud.table["FAILURES"]["Last"][0]["Why"], "InsufficientInstanceCapacity")
    world.now += 599
    world.manager.look_after()
    equal(world.slurm.powered_down, [])
    world.now += 1
    world.manager.look_after()
    equal(sorted(world.slurm.powered_down), nodes("a", 1, 2, 3, 4))
    equal("RESOURCE/q/a" in world.cloud.table, False)


@test
def capacity_failover_busy():
    """nodes that run keep running when their resource has no more capacity"""
    world = World()
    world.resume(nodes("a", 1), nodes("a", 1))
    world.state("q-dy-a-1", "ALLOCATED", "CLOUD")
    world.cloud.capacity = {"q/a": 0}
    world.resume(nodes("a", 2), nodes("a", 2))
    equal(sorted(world.slurm.reasons), nodes("a", 2, 3, 4))


@test
def bootstrap_timeout():
    """a node that does not boot in time loses its instance, and its failure is counted and kept"""
    world = World()
    world.resume(nodes("a", 1), nodes("a", 1))
    world.state("q-dy-a-1", "ALLOCATED", "CLOUD", "POWERING_UP")
    world.now += 1800
    world.manager.look_after()
    equal(len(world.cloud.running), 1)
    world.now += 1
    world.manager.look_after()
    equal((world.mapped(), world.cloud.running), ({}, {}))
    equal(world.cloud.table["QUEUE/q"]["Failures"], 1)
    equal(world.cloud.table["FAILURES"]["Last"], [{"At": world.now, "What": "q-dy-a-1", "Why": "did not boot"}])


@test
def protection():
    """failed boots in a row close the queue, and a start opens it again"""
    world = World()
    for number in (1, 2, 3):
        world.resume(nodes("a", number), nodes("a", number))
        world.state(f"q-dy-a-{number}", "ALLOCATED", "CLOUD", "POWERING_UP")
        world.cloud.table["FLEET"] = {"Id": "FLEET", "Status": "RUNNING"}
        world.now += 1801
        world.manager.look_after()
    equal((world.slurm.partitions_, world.cloud.table["FLEET"]["Status"]), ({"q": "inactive"}, "PROTECTED"))
    world.cloud.table["FLEET"]["Status"] = "START_REQUESTED"
    world.manager.look_after()
    equal((world.slurm.partitions_, world.cloud.table["FLEET"]["Status"]), ({"q": "up"}, "RUNNING"))
    equal("QUEUE/q" in world.cloud.table, False)


@test
def spot_wave():
    """a Spot wave that takes 12 of 15 nodes counts no failed boot and closes no queue"""
    world = World(a=resource(capacityType="SPOT", maxCount=15))
    world.resume(nodes("a", *range(1, 16)))
    for number in range(1, 16):
        world.state(f"q-dy-a-{number}", "ALLOCATED", "CLOUD", *(["NOT_RESPONDING"] if number <= 12 else []))
    for node in nodes("a", *range(1, 13)):
        del world.cloud.running[world.mapped()[node]]
    world.now += 200
    world.manager.look_after()
    equal(("QUEUE/q" in world.cloud.table, world.slurm.partitions_), (False, {}))
    equal((sorted(world.slurm.powered_down), len(world.mapped())), (sorted(nodes("a", *range(1, 13))), 3))
    equal(world.slurm.reasons, {node: "lost its instance" for node in nodes("a", *range(1, 13))})


@test
def spot_lost_while_booting():
    """a Spot instance that EC2 takes back while it boots is no failed boot"""
    world = World(a=resource(capacityType="SPOT"))
    world.resume(nodes("a", 1, 2))
    for node, why in zip(nodes("a", 1, 2), ("Server.SpotInstanceTermination", "Client.InstanceInitiatedShutdown")):
        key = world.mapped()[node]
        del world.cloud.running[key]
        world.cloud.ended_for[key] = why
    world.now += 200
    world.manager.look_after()
    equal((world.cloud.table["QUEUE/q"]["Failures"], sorted(world.slurm.powered_down)), (1, nodes("a", 1, 2)))
    equal([(one["What"], one["Why"]) for one in world.cloud.table["FAILURES"]["Last"]],
          [("q-dy-a-2", "did not boot"), ("q-dy-a-1", "EC2 took the Spot instance back")])


@test
def open_while_busy():
    """a queue whose nodes do not boot stays open while a job runs in it, and closes afterwards"""
    world = World()
    world.cloud.table["QUEUE/q"] = {"Id": "QUEUE/q", "Failures": 3}
    world.slurm.busy = {"q"}
    world.manager.look_after()
    equal(world.slurm.partitions_, {})
    world.slurm.busy = None
    world.manager.look_after()
    equal(world.slurm.partitions_, {})
    world.slurm.busy = set()
    world.manager.look_after()
    equal((world.slurm.partitions_, world.cloud.table["QUEUE/q"]["Protected"]), ({"q": "inactive"}, True))


@test
def set_down_by_a_person():
    """a node that an administrator set down keeps its instance and its state; one that Slurm set down is replaced"""
    world = World()
    world.resume(nodes("a", 1, 2))
    world.slurm.states["q-dy-a-1"] = ({"DOWN", "CLOUD"}, "looking at it [root@2026-11-21T09:00:00]")
    world.slurm.states["q-dy-a-2"] = ({"DOWN", "CLOUD"}, "Not responding [slurm@2026-11-21T09:00:00]")
    world.now += 4000
    world.manager.look_after()
    equal((world.slurm.powered_down, list(world.mapped())), (nodes("a", 2), nodes("a", 1)))


@test
def set_down_and_lost():
    """a node that an administrator set down stays down when its instance ends, and is forgotten in the table"""
    world = World()
    world.resume(nodes("a", 1))
    world.slurm.states["q-dy-a-1"] = ({"DOWN", "CLOUD", "NOT_RESPONDING"}, "looking at it [ada@2026-11-21T09:00:00]")
    world.cloud.running.clear()
    world.now += 4000
    world.manager.look_after()
    equal((world.slurm.powered_down, world.mapped(), world.cloud.names), ([], {}, {}))


@test
def capacity_block():
    """a capacity block's nodes are reserved and not launched until it is active, and again when it is over"""
    world = World(a=resource(capacityType="CAPACITY_BLOCK", capacityReservationId="cr-1", minCount=2, maxCount=2))
    for state in ("scheduled", "active", "expired"):
        world.cloud.blocks["cr-1"] = state
        world.slurm.powered_up = []
        world.manager.look_after()
        nodes_ = ["q-st-a-1", "q-st-a-2"]
        expected = ([], nodes_) if state == "active" else (nodes_, [])
        equal((world.slurm.reserved.get("meridian-q-a", []), world.slurm.powered_up), expected)


@test
def resized_capacity_block():
    """the reservation of a capacity block follows the number of its nodes, and goes with the block"""
    world = World(a=resource(capacityType="CAPACITY_BLOCK", capacityReservationId="cr-1", minCount=2, maxCount=2))
    world.slurm.reserved = {"meridian-q-a": ["q-st-a-1"], "meridian-q-old": ["q-st-old-1"], "maintenance": ["q-st-a-1"]}
    world.cloud.blocks["cr-1"] = "scheduled"
    world.manager.look_after()
    equal(world.slurm.reserved, {"meridian-q-a": ["q-st-a-1", "q-st-a-2"], "maintenance": ["q-st-a-1"]})
    world.slurm.reserved["meridian-q-a"] = ["q-st-a-2", "q-st-a-1"]
    world.slurm.reservations = lambda: None
    world.manager.look_after()
    equal(world.slurm.reserved["meridian-q-a"], ["q-st-a-2", "q-st-a-1"])


@test
def good_boot():
    """a boot that succeeds ends the row of failures"""
    world = World()
    world.cloud.table["QUEUE/q"] = {"Id": "QUEUE/q", "Failures": 2}
    world.resume(nodes("a", 1), nodes("a", 1))
    world.state("q-dy-a-1", "ALLOCATED", "CLOUD")
    world.manager.look_after()
    equal("QUEUE/q" in world.cloud.table, False)


@test
def stopped():
    """a stopped fleet launches nothing for a resume and says why"""
    world = World()
    world.cloud.table["FLEET"] = {"Id": "FLEET", "Status": "STOPPED"}
    world.resume(nodes("a", 1), nodes("a", 1))
    equal((world.cloud.launches, world.slurm.reasons), ([], {"q-dy-a-1": "the fleet is STOPPED"}))


@test
def stop():
    """a stop closes every queue, ends every instance and forgets its name"""
    world = World()
    world.resume(nodes("a", 1, 2), nodes("a", 1, 2))
    equal(sorted(world.cloud.names), nodes("a", 1, 2))
    world.cloud.table["FLEET"] = {"Id": "FLEET", "Status": "STOP_REQUESTED"}
    world.manager.look_after()
    equal((world.slurm.partitions_, world.cloud.running, world.cloud.names), ({"q": "inactive"}, {}, {}))
    equal(world.cloud.table["FLEET"]["Status"], "STOPPED")


@test
def closed_after_restart():
    """queues that are closed stay closed when the controller starts anew, which opens them"""
    world = World()
    for table in ({"FLEET": {"Id": "FLEET", "Status": "STOPPED"}}, {"QUEUE/q": {"Id": "QUEUE/q", "Failures": 3, "Protected": True}}):
        world.slurm.partitions_, world.cloud.table = {}, table
        world.manager.look_after()
        equal(world.slurm.partitions_, {"q": "inactive"})
    world.slurm.partitions_, world.cloud.table = {}, {}
    world.manager.look_after()
    equal(world.slurm.partitions_, {})


@test
def stop_meanwhile():
    """a stop that is asked for while the daemon writes its heartbeat is not lost"""
    world = World()
    world.manager.look_after()
    world.cloud.asked_meanwhile = "STOP_REQUESTED"
    world.manager.look_after()
    world.manager.look_after()
    equal(world.cloud.table["FLEET"]["Status"], "STOPPED")


@test
def cut_off_launch():
    """a daemon that was killed after the launch finds the instances again and gives them to their nodes"""
    world = World()
    world.cloud.kill_after_launch = True
    try:
        world.resume(nodes("a", 1, 2), nodes("a", 1, 2))
        raise AssertionError("the daemon was not killed")
    except Killed:
        world.restart()
    world.resume(nodes("a", 1, 2), nodes("a", 1, 2))
    equal(len(world.cloud.launches), 1)
    equal(sorted(world.mapped().values()), sorted(world.cloud.running))
    equal(sorted(world.slurm.addresses), nodes("a", 1, 2))


@test
def cut_off_before_launch():
    """a daemon that was killed before the launch launches anew when the request is read again"""
    world = World()
    world.cloud.put({"Id": node, "Launch": "abc", "LaunchedAt": world.now} for node in nodes("a", 1, 2))
    world.restart()
    world.resume(nodes("a", 1, 2), nodes("a", 1, 2))
    equal((len(world.cloud.running), sorted(world.mapped())), (2, nodes("a", 1, 2)))


@test
def orphans():
    """an instance that belongs to no node is ended after a grace period, and not before"""
    world = World()
    world.cloud.launch(("q", "a"), 1, 1, "by-hand", False)
    world.now += 120
    world.manager.look_after()
    equal(len(world.cloud.running), 1)
    world.now += 1
    world.manager.look_after()
    equal(world.cloud.running, {})


@test
def removed_nodes():
    """nodes that the cluster file has no more lose their instances, also while the fleet stops"""
    for status in ("RUNNING", "STOP_REQUESTED"):
        world = World()
        world.resume(nodes("a", 1, 2) + nodes("b", 1))
        queue = world.fleet["queues"]["q"]
        del queue["b"]
        queue["a"]["maxCount"] = 1
        world.slurm.states = {"q-dy-a-1": ({"IDLE", "CLOUD"}, "")}
        world.cloud.table["FLEET"] = {"Id": "FLEET", "Status": status}
        world.manager.look_after()
        left = ["q-dy-a-1"] if status == "RUNNING" else []
        equal((list(world.mapped()), len(world.cloud.running)), (left, len(left)))
        equal(set(world.slurm.powered_down) <= {"q-dy-a-1"}, True)


@test
def lost_instance():
    """a node whose instance is gone is powered down, so that Slurm starts it anew"""
    world = World()
    world.resume(nodes("a", 1), nodes("a", 1))
    world.state("q-dy-a-1", "IDLE", "CLOUD")
    world.cloud.running.clear()
    world.now += 121
    world.manager.look_after()
    equal((world.slurm.powered_down, world.mapped()), (nodes("a", 1), {}))


@test
def instance_not_seen_yet():
    """an instance that EC2 does not list yet, seconds after its launch, is not taken for lost"""
    world = World()
    world.resume(nodes("a", 1), nodes("a", 1))
    running, world.cloud.running = world.cloud.running, {}
    world.now += 5
    world.manager.look_after()
    equal((world.slurm.powered_down, list(world.mapped())), ([], nodes("a", 1)))
    equal("QUEUE/q" in world.cloud.table, False)
    world.cloud.running = running
    world.now += 200
    world.manager.look_after()
    equal((world.slurm.powered_down, len(world.cloud.running)), ([], 1))


@test
def cut_off_between_nodes():
    """a daemon that was killed while it wrote down which node got what gives no instance to two nodes"""
    world = World()
    world.resume(nodes("a", 1, 2, 3), nodes("a", 1, 2, 3))
    launch = next(iter(world.cloud.running.values()))["launch"]
    for node in nodes("a", 2, 3):
        world.cloud.table[node] = {"Id": node, "Launch": launch, "LaunchedAt": world.now}
    world.restart()
    world.manager.look_after()
    equal(sorted(world.mapped().values()), sorted(world.cloud.running))


class Ec2:
    """A client of EC2 that answers fleet requests with what a test says, and lists instances late."""

    def __init__(self, ids=(), errors=(), late=0):
        self.ids, self.errors, self.late, self.asked, self.ended = list(ids), list(errors), late, [], []

    def create_fleet(self, **request):
        self.asked.append(request)
        return {"Instances": [{"InstanceIds": self.ids}] if self.ids else [],
                "Errors": [{"ErrorCode": code, "ErrorMessage": message} for code, message in self.errors]}

    def get_paginator(self, _):
        return self

    def paginate(self, InstanceIds):
        from botocore.exceptions import ClientError
        self.late -= 1
        if self.late == 1:
            raise ClientError({"Error": {"Code": "InvalidInstanceID.NotFound"}}, "DescribeInstances")
        known = {} if self.late >= 0 else {"PrivateIpAddress": "10.0.0.9"}
        return [{"Reservations": [{"Instances": [{"InstanceId": one, **known} for one in InstanceIds]}]}]

    def terminate_instances(self, InstanceIds):
        self.ended += InstanceIds


def fleet_request(ec2, least=2, most=2, spot=False, **changes):
    """What `launch` makes of a resource of several types with a client that answers like this."""
    world = World(a=resource(**{"flexible": True, "instanceTypes": ["c5.large", "c6i.large"], **changes}))
    cloud = hpc.Cloud.__new__(hpc.Cloud)
    cloud.fleet, cloud.ec2 = world.fleet, ec2
    hpc.time.sleep = lambda _: None
    try:
        return [one["InstanceId"] for one in cloud.launch(("q", "a"), least, most, "abc", spot)]
    except hpc.LaunchError as error:
        return error.code


@test
def fleet_in_one_zone():
    """a fleet request for one subnet launches all of its instances or none"""
    ec2 = Ec2(ids=["i-1", "i-2"])
    equal(fleet_request(ec2), ["i-1", "i-2"])
    options = ec2.asked[0]["OnDemandOptions"]
    equal([options.get(key) for key in ("MinTargetCapacity", "SingleAvailabilityZone", "SingleInstanceType")], [2, True, False])


@test
def fleet_over_zones():
    """a fleet request for several types and subnets asks for no least capacity, which EC2 refuses there"""
    ec2 = Ec2(ids=["i-1", "i-2"])
    equal(fleet_request(ec2, spot=True, capacityType="SPOT", subnetIds=["subnet-1", "subnet-2"]), ["i-1", "i-2"])
    equal("MinTargetCapacity" in ec2.asked[0]["SpotOptions"], False)


@test
def fleet_of_one_type():
    """a fleet request for one type in several subnets asks for one type, and so for all or none"""
    ec2 = Ec2(ids=["i-1", "i-2"])
    fleet_request(ec2, instanceTypes=["c5.large"], subnetIds=["subnet-1", "subnet-2"])
    options = ec2.asked[0]["OnDemandOptions"]
    equal([options.get(key) for key in ("MinTargetCapacity", "SingleAvailabilityZone", "SingleInstanceType")], [2, False, True])


@test
def fleet_too_small():
    """a fleet that is smaller than the job needs is given back, as a lack of capacity"""
    ec2 = Ec2(ids=["i-1"], errors=[("InsufficientInstanceCapacity", "none left")])
    equal(fleet_request(ec2, subnetIds=["subnet-1", "subnet-2"]), "InsufficientInstanceCapacity")
    equal(ec2.ended, ["i-1"])


@test
def fleet_errors():
    """a fleet that launches nothing fails with what really went wrong, throttling before all else"""
    hint = ("UnfulfillableCapacity", "Failed to fulfill capacity. Please review errors in the response.")
    for errors, code in (([hint], "UnfulfillableCapacity"), ([hint, ("UnauthorizedOperation", "no")], "UnauthorizedOperation"),
                         ([("InsufficientInstanceCapacity", "none"), ("RequestLimitExceeded", "slow")], "RequestLimitExceeded"),
                         ([], "InsufficientCapacity")):
        equal(fleet_request(Ec2(errors=errors)), code)


@test
def fleet_described_late():
    """the instances of a fleet are asked for until EC2 knows them and their addresses"""
    equal(fleet_request(Ec2(ids=["i-1", "i-2"], late=3)), ["i-1", "i-2"])


@test
def impaired_for_a_while():
    """an instance counts as impaired once its checks have failed for three minutes, and events that are over do not count"""
    since = lambda seconds: datetime.fromtimestamp(hpc.time.time() - seconds, timezone.utc)
    failed = lambda seconds: {"Status": "impaired", "Details": [{"Name": "reachability", "ImpairedSince": since(seconds)}]}
    good = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}

    class Statuses:
        def get_paginator(self, _):
            return self

        def paginate(self):
            return [{"InstanceStatuses": [
                {"InstanceId": "i-1", "InstanceStatus": failed(10), "SystemStatus": good, "Events": [
                    {"Code": "system-reboot", "Description": "[Completed] scheduled reboot"},
                    {"Code": "instance-retirement", "Description": "The instance is running on degraded hardware"}]},
                {"InstanceId": "i-2", "InstanceStatus": failed(181), "SystemStatus": good},
                {"InstanceId": "i-3", "InstanceStatus": good, "SystemStatus": failed(181)},
                {"InstanceId": "i-4", "InstanceStatus": good, "SystemStatus": good, "Events": [
                    {"Code": "instance-stop", "Description": "[Canceled] The instance is running on degraded hardware"}]}]}]

    cloud = hpc.Cloud.__new__(hpc.Cloud)
    cloud.ec2 = Statuses()
    equal(cloud.troubles(), ({"i-2", "i-3"}, {"i-1": "instance-retirement"}))


class Next(hpc.Fleet):
    """The fleet of a changed cluster file."""

    def __init__(self, values):
        self.values = values


def changed(world, strategy, change):
    """Whether the fleet with a change may be taken over now."""
    values = json.loads(json.dumps(world.fleet.values))
    change(values["queues"]["q"])
    return hpc.updates.may_update(world.fleet, Next({**values, "queueUpdateStrategy": strategy}), world.slurm, world.cloud, "meridian")


def fewer(queue):
    queue["a"]["maxCount"] = 2


def updating():
    """A cluster whose nodes 2 and 3 run a job, and whose node 4 is idle."""
    world = World()
    world.resume(nodes("a", 2, 3, 4))
    for number, flag in ((2, "MIXED"), (3, "ALLOCATED"), (4, "IDLE")):
        world.state(f"q-dy-a-{number}", flag, "CLOUD")
    return world


def drained(world):
    return sorted(node for node, (flags, _) in world.slurm.states.items() if "DRAIN" in flags)


@test
def drained_update():
    """DRAIN lets no more jobs onto the nodes that a change removes, and waits for those that are there"""
    world = updating()
    equal(changed(world, "DRAIN", fewer), False)
    equal((drained(world), world.cloud.table["UPDATE"]["Waiting"]), (nodes("a", 3, 4), nodes("a", 3)))
    world.manager.look_after()
    equal((world.slurm.powered_down, sorted(world.mapped())), ([], nodes("a", 2, 3, 4)))
    world.slurm.states["q-dy-a-3"] = ({"IDLE", "CLOUD", "DRAIN"}, world.slurm.states["q-dy-a-3"][1])
    equal(changed(world, "DRAIN", fewer), True)
    hpc.updates.taken_over(world.cloud)
    equal("UPDATE" in world.cloud.table, False)


@test
def drained_for_other_types():
    """DRAIN waits for nodes that get other instance types too, which are replaced once the change is taken over"""
    def retyped(queue):
        queue["a"]["instanceTypes"] = ["c7i.large"]
    world = updating()
    equal(changed(world, "DRAIN", retyped), False)
    equal((drained(world), world.cloud.table["UPDATE"]["Waiting"]), (nodes("a", 1, 2, 3, 4), nodes("a", 2, 3)))
    for number in (2, 3):
        world.slurm.states[f"q-dy-a-{number}"] = ({"IDLE", "CLOUD", "DRAIN"}, "meridian: update [root@2026-11-21T09:00:00]")
    equal(changed(world, "DRAIN", retyped), True)
    hpc.updates.taken_over(world.cloud)
    world.manager.look_after()
    equal((sorted(world.slurm.powered_down), world.mapped(), "q-dy-a-1" in drained(world)), (nodes("a", 2, 3, 4), {}, False))


@test
def update_taken_back():
    """a change that is taken back while it waits gives its nodes back to jobs, and people's nodes stay drained"""
    world = updating()
    world.slurm.states["q-dy-a-2"] = ({"MIXED", "CLOUD", "DRAIN"}, "broken fan [ada@2026-11-21T09:00:00]")
    changed(world, "DRAIN", fewer)
    equal(changed(world, "DRAIN", lambda queue: None), True)
    equal((drained(world), "UPDATE" in world.cloud.table), (nodes("a", 2), False))


@test
def terminating_update():
    """TERMINATE sets the busy nodes down that a change removes, so that their jobs are queued again, and waits for nothing"""
    world = updating()
    equal(changed(world, "TERMINATE", fewer), True)
    equal((world.slurm.reasons, drained(world)), ({"q-dy-a-3": "update"}, nodes("a", 4)))


@test
def stopping_update():
    """COMPUTE_FLEET_STOP touches no node and waits until the fleet is stopped, unless no node that goes has an instance"""
    world = updating()
    equal(changed(world, "COMPUTE_FLEET_STOP", fewer), False)
    equal((drained(world), world.cloud.table["UPDATE"]), ([], {"Id": "UPDATE", "Strategy": "COMPUTE_FLEET_STOP", "Waiting": nodes("a", 3, 4)}))
    equal(changed(world, "COMPUTE_FLEET_STOP", lambda queue: queue.pop("b")), True)
    world.cloud.table["FLEET"] = {"Id": "FLEET", "Status": "STOPPED"}
    equal(changed(world, "COMPUTE_FLEET_STOP", fewer), True)


@test
def harmless_update():
    """a change that takes no node away waits for nothing by any strategy, also while the controller does not answer"""
    def more(queue):
        queue["a"]["maxCount"] = 9
        queue["new"] = resource()
    for strategy in ("DRAIN", "TERMINATE", "COMPUTE_FLEET_STOP"):
        world = updating()
        equal((changed(world, strategy, more), drained(world), "UPDATE" in world.cloud.table), (True, [], False))
        world.slurm.nodes = lambda: None
        equal((changed(world, strategy, more), changed(world, strategy, fewer)), (True, False))


@test
def scheduled_event():
    """a node whose instance EC2 has scheduled an event for is drained, and replaced once its jobs have gone"""
    world = World()
    world.resume(nodes("a", 1, 2))
    world.state("q-dy-a-1", "MIXED", "CLOUD")
    world.state("q-dy-a-2", "IDLE", "CLOUD")
    world.cloud.planned = {world.mapped()["q-dy-a-1"]: "instance-retirement"}
    world.manager.look_after()
    equal(world.slurm.states["q-dy-a-1"][1].startswith("meridian: EC2 has scheduled instance-retirement"), True)
    equal((world.slurm.powered_down, sorted(world.mapped())), ([], nodes("a", 1, 2)))
    world.slurm.states["q-dy-a-1"] = ({"IDLE", "CLOUD", "DRAIN"}, world.slurm.states["q-dy-a-1"][1])
    world.manager.look_after()
    equal((world.slurm.powered_down, list(world.mapped())), (nodes("a", 1), nodes("a", 2)))


@test
def console_kept():
    """the console of a machine that did not boot is kept as a file, the newest fifty"""
    with tempfile.TemporaryDirectory() as folder:
        hpc.CONSOLES, before = os.path.join(folder, "consoles"), hpc.CONSOLES
        try:
            world = World(a=resource(maxCount=60))
            world.resume(nodes("a", *range(1, 53)))
            world.cloud.consoles = {key: f"no disk in {key}\n" for key in world.cloud.running}
            world.now += 1801
            world.manager.look_after()
            kept = os.listdir(hpc.CONSOLES)
            equal(len(kept), 50)
            equal(all(pathlib.Path(hpc.CONSOLES, one).read_text().startswith("no disk in i-") for one in kept), True)
        finally:
            hpc.CONSOLES = before


@test
def suspended_by_slurm():
    """a node that an administrator set down and Slurm suspends keeps its instance until they resume it"""
    world = World()
    world.resume(nodes("a", 1))
    world.slurm.states["q-dy-a-1"] = ({"DOWN", "CLOUD", "POWERING_DOWN"}, "looking at it [root@2026-11-21T09:00:00]")
    world.manager.handle({"kind": "suspend", "nodes": nodes("a", 1)})
    world.now += 300
    world.state("q-dy-a-1", "IDLE", "CLOUD", "POWERED_DOWN")
    world.manager.look_after()
    equal((world.slurm.states["q-dy-a-1"][1], list(world.mapped())), ("kept as it was: looking at it", nodes("a", 1)))
    world.manager.look_after()
    equal((world.slurm.powered_down, list(world.mapped())), ([], nodes("a", 1)))
    world.state("q-dy-a-1", "IDLE", "CLOUD", "POWERED_DOWN")
    world.manager.look_after()
    equal((world.slurm.powered_down, world.mapped(), world.cloud.running), (nodes("a", 1), {}, {}))


@test
def resumed_by_a_person():
    """a job that comes right after an administrator gave a node back gets a new instance, and one before it none"""
    world = World()
    world.resume(nodes("a", 1))
    old = world.mapped()["q-dy-a-1"]
    world.slurm.states["q-dy-a-1"] = ({"DOWN", "CLOUD", "POWERING_DOWN"}, "looking at it [root@2026-11-21T09:00:00]")
    world.manager.handle({"kind": "suspend", "nodes": nodes("a", 1)})
    world.resume(nodes("a", 1), nodes("a", 1))
    equal((world.mapped(), world.slurm.reasons), ({"q-dy-a-1": old}, {"q-dy-a-1": "kept as it was: looking at it"}))
    world.resume(nodes("a", 1), nodes("a", 1))
    equal((old in world.cloud.running, len(world.mapped()), world.mapped()["q-dy-a-1"] == old), (False, 1, False))


@test
def leaving():
    """an ended head node ends its compute nodes; a stopped one only where its cluster is destroyed; a rebooted one never"""
    for state, stands, left in (("shutting-down", True, 0), ("stopping", False, 0), ("stopping", True, 2), ("running", False, 2)):
        world = World()
        world.resume(nodes("a", 1, 2))
        world.cloud.state_of = lambda _, state=state: state
        if stands:
            world.cloud.table["STANDING"] = {"Id": "STANDING"}
        hpc.leave("i-head", world.cloud, lambda _: None)
        equal(len(world.cloud.running), left)


@test
def diagnosis():
    """a diagnosis is answered once for each time that it is asked for, with what commands and logs say"""
    import base64
    import gzip
    world = World()
    told = lambda: gzip.decompress(base64.b64decode(world.cloud.table["DIAGNOSIS"]["Text"])).decode()
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "b.log").write_text("slurmctld started\n")
        hpc.diagnostics.answer.__defaults__ = ((("echo", "hello"), ("no-such-program",)), folder + "/{a,b}.log")
        world.cloud.table["DIAGNOSE"] = {"Id": "DIAGNOSE", "Asked": world.now + 5}
        world.manager.look_after()
    equal(told().startswith("===== echo hello\nhello\n"), True)
    equal([part in told() for part in ("No such file or directory: 'no-such-program'", "slurmctld started")], [True, True])
    equal(world.cloud.table["DIAGNOSIS"]["At"], world.now + 5)
    world.cloud.table["DIAGNOSIS"]["Text"] = "kept"
    world.manager.look_after()
    equal(world.cloud.table["DIAGNOSIS"]["Text"], "kept")


@test
def failed_check():
    """a node that its own check has drained is replaced once its jobs have gone; what people drain stays"""
    world = World()
    world.resume(nodes("a", 1, 2, 3))
    world.slurm.states["q-dy-a-1"] = ({"IDLE", "CLOUD", "DRAIN"}, "meridian: GPU check before job 7: lost [root@2026-11-21T09:00:00]")
    world.slurm.states["q-dy-a-2"] = ({"MIXED", "CLOUD", "DRAIN"}, "meridian: GPU check before job 8: lost [root@2026-11-21T09:00:00]")
    world.slurm.states["q-dy-a-3"] = ({"IDLE", "CLOUD", "DRAIN"}, "broken fan [ada@2026-11-21T09:00:00]")
    world.manager.look_after()
    equal((world.slurm.powered_down, sorted(world.mapped())), (nodes("a", 1), nodes("a", 2, 3)))


@test
def static_nodes():
    """static nodes are started, unless their resource waits for capacity"""
    world = World(a=resource(minCount=1), b=resource(minCount=1))
    world.cloud.table["RESOURCE/q/b"] = {"Id": "RESOURCE/q/b", "DisabledUntil": world.now + 60, "Code": "x"}
    world.manager.look_after()
    equal(world.slurm.powered_up, ["q-st-a-1"])


@test
def told_outside():
    """each round tells how many nodes are in which state, and where the head node is"""
    world = World(a=resource(maxCount=2))
    world.state("q-dy-a-1", "ALLOCATED", "CLOUD")
    world.manager.look_after()
    fleet = world.cloud.table["FLEET"]
    equal(fleet["Nodes"], {"q": {"busy": 1, "off": 1}})
    equal(fleet["HeadNode"], {"HostName": "demo-head", "Address": "10.0.0.1"})
    equal((fleet["Status"], fleet["Heartbeat"]), ("RUNNING", world.now))


@test
def forgotten_instances():
    """an instance that EC2 has forgotten does not keep the others from being ended"""
    from botocore.exceptions import ClientError
    running = {"i-1", "i-3"}

    class Ec2:
        def terminate_instances(self, InstanceIds):
            if not running.issuperset(InstanceIds):
                raise ClientError({"Error": {"Code": "InvalidInstanceID.NotFound"}}, "TerminateInstances")
            running.difference_update(InstanceIds)

    cloud = hpc.Cloud.__new__(hpc.Cloud)
    cloud.ec2 = Ec2()
    cloud.terminate(["i-1", "i-2", "i-3"])
    equal(running, set())


@test
def half_written_configuration():
    """a configuration that cannot be read leaves the one before in force"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fleet.json")
        pathlib.Path(path).write_text('{"cluster": "demo"}')
        fleet = hpc.Fleet(path)
        pathlib.Path(path).write_text('{"clus')
        equal((hpc.attempt(fleet.reload, path), fleet["cluster"]), (None, "demo"))
        pathlib.Path(path).write_text('{"cluster": "next"}')
        equal((hpc.attempt(fleet.reload, path), fleet["cluster"]), (True, "next"))


def outcome(function):
    try:
        function()
        return "passed"
    except Exception:
        return traceback.format_exc()


if "--names" in sys.argv:
    print(json.dumps(list(tests)))
else:
    print(json.dumps({name: outcome(function) for name, function in tests.items()}))
