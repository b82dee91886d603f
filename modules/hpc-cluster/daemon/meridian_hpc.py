#!/usr/bin/env python3
"""Starts, watches and ends the machines of a Meridian HPC cluster.

Slurm calls `resume`, `suspend` and `resume-failed`, which only leave a request in a directory. One
process, `daemon`, handles the requests and looks after the fleet, so that nothing is done twice at
once. It may be killed at any point: what it is about to launch is written down first, and launched
instances carry a tag by which they are found again.

Needs Python 3.9 and boto3, which every supported operating system has in its own packages.
"""

import argparse
import fcntl
import json
import logging
import os
import re
import subprocess
import sys
import time
import uuid
from collections import defaultdict

import capacity_blocks
import diagnostics
import updates

CONFIGURATION = os.environ.get("MERIDIAN_FLEET", "/etc/meridian/fleet.json")
SPOOL = os.environ.get("MERIDIAN_SPOOL", "/var/spool/meridian")
CONSOLES = os.path.join(SPOOL, "consoles")
FLEET_ID = "FLEET"
FAILURES_ID = "FAILURES"
FAILURES_KEPT = 10
TAG_CLUSTER, TAG_QUEUE, TAG_RESOURCE, TAG_LAUNCH = (
    "meridian:cluster", "meridian:queue", "meridian:compute-resource", "meridian:launch")
LIVE = ("pending", "running")
BATCH = 500
RECORDS = 500
RECORD_TTL = 120
IMPAIRED_SECONDS = 180
DESCRIBE_SECONDS = 90
REASON = "meridian"
STANDING_ID = "STANDING"
LEAVE_SECONDS = 100
# What `may-update` exits with while a change waits.
WAITS = 3
# Events that EC2 has carried out or called off stay listed for a while, marked in their description.
EVENT_OVER = ("[Completed]", "[Canceled]")
# EC2's words for an instance that it took back because it was Spot.
SPOT_ENDED = "Server.Spot"
SET_BY = re.compile(r"\[([^@\]\s]+)@[^\]]*\]\s*$")
# A job that is on a node, and not only allocated to one that boots.
ON_NODES = {"RUNNING", "COMPLETING", "SUSPENDED", "SIGNALING", "STAGE_OUT", "STOPPED"}
CAPACITY_CODES = {
    "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientReservedInstanceCapacity",
    "InsufficientCapacity", "MaxSpotInstanceCountExceeded", "SpotMaxPriceTooLow", "Unsupported",
    "UnfulfillableCapacity"}
# EC2 says this of a part of a fleet that it gave up because another part failed, and THROTTLED of one that it may be asked again.
HINT, THROTTLED = "UnfulfillableCapacity", "RequestLimitExceeded"
NODE = re.compile(r"^(?P<queue>[a-z][a-z0-9-]*)-(?P<kind>st|dy)-(?P<resource>[a-z][a-z0-9-]*)-(?P<number>\d+)$")

log = logging.getLogger("meridian")


class Fleet:
    """What the cluster file says of the fleet; read anew when the file changes."""

    def __init__(self, path=CONFIGURATION):
        self.path, self.changed = path, None
        self.reload()

    def reload(self):
        changed = os.stat(self.path).st_mtime_ns
        if changed == self.changed:
            return False
        with open(self.path, encoding="utf-8") as file:
            self.values = json.load(file)
        self.changed = changed
        return True

    def __getitem__(self, key):
        return self.values[key]

    def get(self, key, default=None):
        return self.values.get(key, default)

    def place(self, node):
        """The queue and compute resource of a node; None for one that is not in the file."""
        match = NODE.match(node)
        for queue, resources in self["queues"].items():
            for name, resource in resources.items():
                if match and node == f"{queue}-{match['kind']}-{name}-{match['number']}":
                    static, dynamic = counts(resource)
                    return (queue, name) if int(match["number"]) <= (static if match["kind"] == "st" else dynamic) else None
        return None

    def resource(self, place):
        return self["queues"][place[0]][place[1]]

    def nodes_of(self, place):
        static, dynamic = counts(self.resource(place))
        return [f"{place[0]}-st-{place[1]}-{n}" for n in range(1, static + 1)] + \
               [f"{place[0]}-dy-{place[1]}-{n}" for n in range(1, dynamic + 1)]

    def places(self):
        return [(queue, resource) for queue, resources in self["queues"].items() for resource in resources]


def place_and_number(node):
    """What names of nodes are sorted by: q-dy-a-9 comes before q-dy-a-10."""
    match = NODE.match(node)
    return (match["resource"], int(match["number"])) if match else (node, 0)


def counts(resource):
    """How many static and how many dynamic nodes a compute resource has."""
    return resource["minCount"], resource["maxCount"] - resource["minCount"]


class Slurm:
    """The controller, through its own commands."""

    def run(self, *arguments):
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            log.warning("%s: %s", " ".join(arguments), done.stderr.strip())
        return done.stdout if done.returncode == 0 else None

    def expand(self, names):
        text = self.run("scontrol", "show", "hostnames", names) if names else ""
        return (text or "").split()

    def nodes(self):
        """State flags and reason of every node; None when the controller does not answer."""
        text = self.run("scontrol", "-o", "show", "nodes", "--future") or self.run("scontrol", "-o", "show", "nodes")
        if text is None:
            return None
        found = {}
        for line in text.splitlines():
            name = re.search(r"\bNodeName=(\S+)", line)
            state = re.search(r"\bState=(\S+)", line)
            reason = re.search(r"\bReason=(.*)$", line)
            if name and state:
                found[name[1]] = (set(state[1].replace("*", "+NOT_RESPONDING").split("+")), reason[1] if reason else "")
        return found

    def update_nodes(self, names, **settings):
        names = list(names)
        for start in range(0, len(names), BATCH):
            self.run("scontrol", "update", f"nodename={','.join(names[start:start + BATCH])}",
                     *[f"{key}={value}" for key, value in settings.items()])

    def down(self, names, reason):
        if names:
            self.update_nodes(names, state="down", reason=f"{REASON}: {reason}")

    def drain(self, names, reason):
        if names:
            self.update_nodes(names, state="drain", reason=f"{REASON}: {reason}")

    def resume(self, names):
        if names:
            self.update_nodes(names, state="resume")

    def power_down(self, names):
        if names:
            self.update_nodes(names, state="power_down_force")

    def power_up(self, names):
        if names:
            self.update_nodes(names, state="power_up")

    def partition(self, name, state):
        self.run("scontrol", "update", f"partitionname={name}", f"state={state}")

    def own_user(self):
        """The name of the user that the controller runs as, whose name is on all that Slurm itself does."""
        found = re.search(r"^SlurmUser\s*=\s*([^\s(]+)", self.run("scontrol", "show", "config") or "", re.MULTILINE)
        return found[1] if found else None

    def busy_partitions(self):
        """Partitions in which a job runs; None when the controller does not answer."""
        text = self.run("squeue", "-h", "-o", "%P %T")
        return None if text is None else {line.split()[0] for line in text.splitlines() if line.split()[1] in ON_NODES}

    def reservations(self):
        """The nodes of each reservation; None when the controller does not answer."""
        text = self.run("scontrol", "-o", "show", "reservations")
        if text is None:
            return None
        found = re.findall(r"ReservationName=(\S+).*?\bNodes=(\S+)", text)
        return {name: self.expand(nodes) for name, nodes in found}

    def reserve(self, name, nodes):
        """Holds nodes from all jobs, without an end."""
        self.run("scontrol", "create", "reservation", f"reservationname={name}", f"nodes={','.join(nodes)}", "starttime=now",
                 "duration=infinite", f"users={self.own_user()}", "flags=maint,ignore_jobs")

    def unreserve(self, name):
        self.run("scontrol", "delete", f"reservationname={name}")

    def partitions(self):
        text = self.run("sinfo", "-h", "-o", "%R %a")
        return dict(line.split()[:2] for line in (text or "").splitlines())


class Cloud:
    """EC2, the table of nodes, and the private zone."""

    def __init__(self, fleet):
        import boto3
        from botocore.config import Config
        config = Config(region_name=fleet["region"], retries={"mode": "standard", "max_attempts": 4})
        self.fleet = fleet
        self.ec2 = boto3.client("ec2", config=config)
        self.route53 = boto3.client("route53", config=config)
        self.table = boto3.resource("dynamodb", config=config).Table(fleet["table"])

    # -- the table -----------------------------------------------------------------------------

    def items(self):
        found: dict = {}
        start: dict = {}
        while True:
            page = self.table.scan(ConsistentRead=True, **start)
            found.update({item["Id"]: item for item in page["Items"]})
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def item(self, key):
        return self.table.get_item(Key={"Id": key}, ConsistentRead=True).get("Item")

    def put(self, items):
        with self.table.batch_writer() as batch:
            for item in items:
                batch.put_item(Item={key: value for key, value in item.items() if value is not None})

    def delete(self, keys):
        with self.table.batch_writer() as batch:
            for key in keys:
                batch.delete_item(Key={"Id": key})

    def tell_fleet(self, fields, status=None, before=None):
        """Sets fields of the fleet's item. A status is set only where it still is what it was before."""
        fields = {**fields, **({"Status": status} if status else {})}
        names, values = {f"#{key}": key for key in fields}, {f":{key}": value for key, value in fields.items()}
        condition = {}
        if status:
            names["#Status"], values[":before"] = "Status", before
            condition = {"ConditionExpression": "attribute_not_exists(#Status) OR #Status = :before"}
        try:
            self.table.update_item(
                Key={"Id": FLEET_ID}, UpdateExpression="SET " + ", ".join(f"#{key} = :{key}" for key in fields),
                ExpressionAttributeNames=names, ExpressionAttributeValues=values, **condition)
        except self.table.meta.client.exceptions.ConditionalCheckFailedException:
            log.info("the fleet was asked for something else than %s meanwhile", status)

    # -- instances -----------------------------------------------------------------------------

    def instances(self, *filters):
        pages = self.ec2.get_paginator("describe_instances").paginate(Filters=[
            {"Name": f"tag:{TAG_CLUSTER}", "Values": [self.fleet["cluster"]]},
            {"Name": f"tag:{TAG_QUEUE}", "Values": ["*"]},
            {"Name": "instance-state-name", "Values": list(LIVE)}, *filters])
        return {instance["InstanceId"]: instance for page in pages for reservation in page["Reservations"]
                for instance in reservation["Instances"]}

    def launched(self, launch):
        return self.instances({"Name": f"tag:{TAG_LAUNCH}", "Values": [launch]})

    def troubles(self):
        """Instances whose checks have failed for longer than a check that fails once, and those that EC2 has plans for."""
        impaired, planned = set(), {}
        for page in self.ec2.get_paginator("describe_instance_status").paginate():
            for status in page["InstanceStatuses"]:
                if any(impaired_for_long(status[check]) for check in ("InstanceStatus", "SystemStatus")):
                    impaired.add(status["InstanceId"])
                events = [event["Code"] for event in status.get("Events", [])
                          if not event.get("Description", "").startswith(EVENT_OVER)]
                if events:
                    planned[status["InstanceId"]] = ", ".join(sorted(set(events)))
        return impaired, planned

    def console(self, instance):
        """What an instance wrote to its console; nothing where EC2 has none, or refuses to say."""
        from botocore.exceptions import ClientError
        for latest in ({"Latest": True}, {}):  # Only Nitro instances have the latest.
            try:
                text = self.ec2.get_console_output(InstanceId=instance, **latest).get("Output")
                if text:
                    return text
            except ClientError as error:
                log.info("console of %s: %s", instance, error)
        return None

    def state_of(self, instance):
        """EC2's word for an instance of any kind, such as `shutting-down`."""
        found = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return found[0]["Instances"][0]["State"]["Name"] if found else "terminated"

    def fates(self, ids):
        """Why instances that run no more have ended, in EC2's own codes. EC2 forgets them after about an hour."""
        ids, found = list(ids), {}
        for start in range(0, len(ids), BATCH):
            pages = self.ec2.get_paginator("describe_instances").paginate(
                Filters=[{"Name": "instance-id", "Values": ids[start:start + BATCH]}])
            found.update({instance["InstanceId"]: instance.get("StateReason", {}).get("Code", "")
                          for page in pages for reservation in page["Reservations"] for instance in reservation["Instances"]})
        return found

    def reservation_states(self, ids):
        """The state of each capacity reservation: `scheduled`, `active`, `expired` and so on."""
        from botocore.exceptions import ClientError
        found = {}
        for one in ids:  # EC2 refuses a request that names one which it does not know, or no more.
            try:
                answer = self.ec2.describe_capacity_reservations(CapacityReservationIds=[one])
            except ClientError as error:
                if error.response["Error"]["Code"] != "InvalidCapacityReservationId.NotFound":
                    raise
                continue
            found.update({each["CapacityReservationId"]: each["State"] for each in answer["CapacityReservations"]})
        return found

    def terminate(self, ids):
        """Ends instances. EC2 forgets an ended one after an hour, and refuses a request that names it."""
        from botocore.exceptions import ClientError
        ids = list(ids)
        for start in range(0, len(ids), BATCH):
            part = ids[start:start + BATCH]
            try:
                self.ec2.terminate_instances(InstanceIds=part)
            except ClientError as error:
                if error.response["Error"]["Code"] != "InvalidInstanceID.NotFound":
                    raise
                if len(part) > 1:
                    for one in part:
                        self.terminate([one])

    def launch(self, place, least, most, launch, spot):
        """Launches between `least` and `most` instances; raises LaunchError with AWS's own code."""
        from botocore.exceptions import ClientError
        resource = self.fleet.resource(place)
        tags = [{"ResourceType": "instance", "Tags": [
            {"Key": TAG_CLUSTER, "Value": self.fleet["cluster"]}, {"Key": TAG_QUEUE, "Value": place[0]},
            {"Key": TAG_RESOURCE, "Value": place[1]}, {"Key": TAG_LAUNCH, "Value": launch}]}]
        try:
            if resource["flexible"]:
                return self.launch_fleet(resource, least, most, launch, spot, tags)
            market = {"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {
                "SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate",
                **({"MaxPrice": str(resource["spotPrice"])} if resource.get("spotPrice") else {})}}} if spot else {}
            answer = self.ec2.run_instances(
                LaunchTemplate={"LaunchTemplateId": resource["launchTemplateId"], "Version": "$Latest"},
                MinCount=least, MaxCount=most, TagSpecifications=tags, ClientToken=f"{launch}-{'s' if spot else 'o'}",
                **market)
            return answer["Instances"]
        except ClientError as error:
            raise LaunchError(error.response["Error"]["Code"], error.response["Error"].get("Message", "")) from error

    def launch_fleet(self, resource, least, most, launch, spot, tags):
        overrides = [{"InstanceType": kind, "SubnetId": subnet, **(
            {"MaxPrice": str(resource["spotPrice"])} if spot and resource.get("spotPrice") else {})}
            for kind in resource["instanceTypes"] for subnet in resource["subnetIds"]]
        options = {"SingleAvailabilityZone": len(resource["subnetIds"]) == 1,
                   "SingleInstanceType": len(resource["instanceTypes"]) == 1}
        if any(options.values()):  # EC2 takes a least capacity for one zone or one type only.
            options["MinTargetCapacity"] = least
        strategy = resource.get("allocationStrategy")
        if spot:
            more = {"SpotOptions": {**options, "AllocationStrategy": strategy or "lowest-price"}}
        else:
            more = {"OnDemandOptions": {**options, "AllocationStrategy": "lowest-price", "CapacityReservationOptions": {
                "UsageStrategy": "use-capacity-reservations-first"}}}
        answer = self.ec2.create_fleet(
            Type="instant", ClientToken=f"{launch}-{'s' if spot else 'o'}", TagSpecifications=tags,
            LaunchTemplateConfigs=[{"LaunchTemplateSpecification": {
                "LaunchTemplateId": resource["launchTemplateId"], "Version": "$Latest"}, "Overrides": overrides}],
            TargetCapacitySpecification={"TotalTargetCapacity": most,
                                         "DefaultTargetCapacityType": "spot" if spot else "on-demand"}, **more)
        ids = [one for group in answer.get("Instances", []) for one in group["InstanceIds"]]
        errors = answer.get("Errors", [])
        found = self.describe(ids)
        if len(found) < least:
            self.terminate(ids)
            raise fleet_error(errors)
        return found

    def describe(self, ids):
        """What EC2 says of instances that it has just launched. It may take seconds to know them, and their addresses."""
        from botocore.exceptions import ClientError
        found: dict = {}
        end = time.monotonic() + DESCRIBE_SECONDS
        while len(found) < len(ids):
            try:
                pages = self.ec2.get_paginator("describe_instances").paginate(InstanceIds=[one for one in ids if one not in found])
                found.update({instance["InstanceId"]: instance for page in pages for reservation in page["Reservations"]
                              for instance in reservation["Instances"] if "PrivateIpAddress" in instance})
            except ClientError as error:
                log.info("instances that were just launched: %s", error)
            if len(found) < len(ids):
                if time.monotonic() > end:
                    log.error("EC2 does not know %s", ", ".join(one for one in ids if one not in found))
                    break
                time.sleep(1)
        return list(found.values())

    # -- names ---------------------------------------------------------------------------------

    def records(self, action, pairs):
        zone, domain = self.fleet.get("hostedZoneId"), self.fleet.get("domain")
        pairs = list(pairs) if zone else []
        for start in range(0, len(pairs), RECORDS):
            try:
                self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
                    {"Action": action, "ResourceRecordSet": {"Name": f"{node}.{domain}.", "Type": "A", "TTL": RECORD_TTL,
                                                              "ResourceRecords": [{"Value": address}]}}
                    for node, address in pairs[start:start + RECORDS]]})
            except Exception as error:  # A missing name slows a job; a missing node would lose it.
                log.warning("records of the zone %s: %s", zone, error)


def impaired_for_long(check):
    since = [detail["ImpairedSince"].timestamp() for detail in check.get("Details", []) if "ImpairedSince" in detail]
    return check["Status"] == "impaired" and time.time() - min(since, default=0) > IMPAIRED_SECONDS


def fleet_error(errors):
    """The error of a fleet that has several: what may be asked again first, and no hint that points at another."""
    told = [(error["ErrorCode"], error.get("ErrorMessage", "")) for error in errors]
    told.sort(key=lambda error: (error[0] != THROTTLED, error[0] == HINT))
    return LaunchError(*(told[0] if told else ("InsufficientCapacity", "too few instances were launched")))


class LaunchError(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code

    @property
    def is_capacity(self):
        return self.code in CAPACITY_CODES


class Manager:
    """The daemon's decisions."""

    def __init__(self, fleet, slurm, cloud, clock=time.time):
        self.fleet, self.slurm, self.cloud, self.clock = fleet, slurm, cloud, clock
        self.told, self.slurm_user = None, None

    # -- requests of Slurm ---------------------------------------------------------------------

    def handle(self, request):
        if request["kind"] == "resume":
            self.resume(request["nodes"], request.get("jobs", []))
        else:
            self.suspend(request["nodes"], failed=request["kind"] == "resume-failed")

    def resume(self, nodes, jobs):
        """Launches instances for nodes, by the cluster's scaling strategy."""
        status = self.status()
        if status not in ("RUNNING", "PROTECTED"):
            self.slurm.down(nodes, f"the fleet is {status}")
            return
        self.recover(nodes)
        mapped = self.cloud.items()
        states = self.slurm.nodes() or {}
        kept = [node for node in nodes if node in mapped and self.keep_held(node, mapped[node], states.get(node, (set(), ""))[0])]
        freed = [node for node in nodes if mapped.get(node, {}).get("Held") and node not in kept]
        self.release_nodes(freed, mapped)
        nodes = [node for node in nodes if node not in kept]
        mapped = {node: item for node, item in mapped.items() if node not in freed}
        for node in nodes:
            if "InstanceId" in mapped.get(node, {}):
                self.tell_address(node, mapped[node]["Address"])
        wanted = [node for node in nodes if self.fleet.place(node) and "InstanceId" not in mapped.get(node, {})]
        groups = self.groups(wanted, jobs)
        strategy = self.fleet["scalingStrategy"]
        if strategy == "greedy-all-or-nothing":
            self.resume_greedy(groups)
        else:
            for group, is_job in groups:
                self.resume_group(group, whole=is_job and strategy == "all-or-nothing")

    @staticmethod
    def groups(nodes, jobs):
        """Nodes by the job that waits for them; nodes of no job come last, and share."""
        left, groups = list(nodes), []
        for job in jobs:
            own = [node for node in job["nodes"] if node in left]
            left = [node for node in left if node not in own]
            if own:
                groups.append((own, True))
        return groups + ([(left, False)] if left else [])

    def resume_group(self, nodes, whole):
        by_place, launched, failed = defaultdict(list), [], None
        for node in nodes:
            by_place[self.fleet.place(node)].append(node)
        for place, own in by_place.items():
            for start in range(0, len(own), BATCH):
                part = own[start:start + BATCH]
                try:
                    launched.append((part, self.launch(place, part, whole)))
                except LaunchError as error:
                    self.failed_launch(place, part, error)
                    failed = error
            if failed and whole:
                break
        if failed and whole:
            self.release([instance["InstanceId"] for _, instances in launched for instance in instances], nodes)
            self.slurm.down(nodes, f"(Code:{failed.code}) the job's other nodes could not be launched")
            return
        for part, instances in launched:
            self.assign(part, instances)

    def resume_greedy(self, groups):
        """Takes all capacity there is, then gives back what does not complete a job."""
        pool: dict = {}
        by_place: dict = defaultdict(list)
        for group, _ in groups:
            for node in group:
                by_place[self.fleet.place(node)].append(node)
        for place, own in by_place.items():
            pool[place] = []
            for start in range(0, len(own), BATCH):
                part = own[start:start + BATCH]
                try:
                    pool[place] += self.launch(place, part, whole=False)
                except LaunchError as error:
                    self.failed_launch(place, part, error)
        for group, is_job in groups:
            needed = defaultdict(list)
            for node in group:
                needed[self.fleet.place(node)].append(node)
            if is_job and any(len(pool[place]) < len(own) for place, own in needed.items()):
                self.cloud.delete(group)
                self.slurm.down(group, "(Code:InsufficientCapacity) not all nodes of the job could be launched")
                continue
            for place, own in needed.items():
                taken, pool[place] = pool[place][:len(own)], pool[place][len(own):]
                self.assign(own, taken)
        self.release([instance["InstanceId"] for rest in pool.values() for instance in rest], [])

    def launch(self, place, nodes, whole):
        """Writes down what is launched for which nodes, then launches it."""
        launch = uuid.uuid4().hex
        now = int(self.clock())
        self.cloud.put({"Id": node, "Launch": launch, "LaunchedAt": now} for node in nodes)
        resource = self.fleet.resource(place)
        least = len(nodes) if whole else 1
        spot = resource["capacityType"] == "SPOT"
        try:
            return self.cloud.launch(place, least, len(nodes), launch, spot)
        except LaunchError as error:
            if not (spot and resource["spotFallback"] and error.is_capacity):
                raise
            log.warning("%s has no Spot capacity, so On-Demand is launched: %s", "/".join(place), error)
            return self.cloud.launch(place, least, len(nodes), launch, False)

    def failed_launch(self, place, nodes, error):
        log.error("launch of %d nodes of %s failed: %s", len(nodes), "/".join(place), error)
        self.note_failure("/".join(place), error.code)
        self.cloud.delete(nodes)
        if error.is_capacity:
            until = int(self.clock()) + self.fleet["capacityTimeoutSeconds"]
            self.cloud.put([{"Id": f"RESOURCE/{'/'.join(place)}", "DisabledUntil": until, "Code": error.code}])
            states = self.slurm.nodes() or {}
            idle = [node for node in self.fleet.nodes_of(place)
                    if node in nodes or (node in states and "POWERED_DOWN" in states[node][0])]
            self.slurm.down(idle, f"(Code:{error.code}) no capacity for {place[1]}")
        else:
            self.slurm.down(nodes, f"(Code:{error.code}) failure when launching")

    def assign(self, nodes, instances):
        """Gives instances to nodes, in order; nodes that get none are given back."""
        now = int(self.clock())
        pairs = list(zip(nodes, instances))
        short = nodes[len(pairs):]
        self.cloud.put({"Id": node, "InstanceId": instance["InstanceId"], "Address": instance["PrivateIpAddress"],
                        "LaunchedAt": now} for node, instance in pairs)
        self.cloud.records("UPSERT", [(node, instance["PrivateIpAddress"]) for node, instance in pairs])
        log.info("launched %s", ", ".join(f"{instance['InstanceId']} for {node}" for node, instance in pairs))
        for node, instance in pairs:
            self.tell_address(node, instance["PrivateIpAddress"])
        if short:
            self.cloud.delete(short)
            self.slurm.down(short, "(Code:InsufficientCapacity) fewer instances than nodes were launched")

    def tell_address(self, node, address):
        """Tells Slurm where a node is. Without managed names the node is known by EC2's name of its address."""
        name = f"ip-{address.replace('.', '-')}" if self.fleet.get("ec2HostNames") else node
        self.slurm.update_nodes([node], nodeaddr=address, nodehostname=name)

    def suspend(self, nodes, failed):
        items = self.cloud.items()
        mapped = [node for node in nodes if node in items]
        if not failed:
            mapped = self.without_held(mapped, items)
        if failed:
            self.count_failures(self.without_spot_losses(mapped, items), items)
        self.release_nodes(mapped, items)

    def without_held(self, nodes, items):
        """The nodes that Slurm may suspend. It also suspends nodes that a person has set down, once they are idle for long
        enough, and forgets why: those keep their instance, and `keep_held` sets them down again."""
        states = (self.slurm.nodes() or {}) if nodes else {}
        down = [node for node in nodes if node in states and self.held(*states[node]) and "DOWN" in states[node][0]]
        self.cloud.put({**items[node], "Held": SET_BY.sub("", states[node][1]).strip()} for node in down)
        # Slurm may have forgotten already that the node was down; a round has written it down.
        kept = [node for node in nodes if node in down or items[node].get("Held")]
        if kept:
            log.info("an administrator has set down %s, so the instances stay", ", ".join(kept))
        return [node for node in nodes if node not in kept]

    def keep_held(self, node, item, flags):
        """Whether a node that Slurm suspended although a person had set it down is still theirs. It is until they resume it."""
        if not item.get("Held") or ("DOWN" not in flags and item.get("HeldAgain")):
            return False
        if "DOWN" not in flags and not flags & {"POWERING_DOWN", "POWER_DOWN", "POWERED_DOWN", "POWERING_UP", "POWER_UP"}:
            self.cloud.put([{key: value for key, value in item.items() if key != "Held"}])
            return False
        if "DOWN" not in flags and not flags & {"POWERING_DOWN", "POWER_DOWN"}:
            self.slurm.down([node], f"kept as it was: {item['Held']}")
            self.cloud.put([{**item, "HeldAgain": True}])
        return True

    def release_nodes(self, nodes, items):
        """Ends the instances of nodes and forgets them."""
        known = [node for node in nodes if "InstanceId" in items.get(node, {})]
        self.cloud.records("DELETE", [(node, items[node]["Address"]) for node in known])
        self.release([items[node]["InstanceId"] for node in known], nodes)

    def release(self, ids, nodes):
        self.cloud.terminate(ids)
        self.cloud.delete(nodes)

    # -- recovery ------------------------------------------------------------------------------

    def recover(self, nodes=None):
        """Finishes launches that a killed daemon had begun: their instances carry the launch's tag."""
        begun, items = defaultdict(list), self.cloud.items()
        assigned = {item["InstanceId"] for item in items.values() if "InstanceId" in item}
        for key, item in items.items():
            if "Launch" in item and (nodes is None or key in nodes):
                begun[item["Launch"]].append(key)
        for launch, own in begun.items():
            instances = [one for key, one in self.cloud.launched(launch).items() if key not in assigned]
            log.warning("a launch for %s was cut off; %d instances of it exist", ",".join(sorted(own)), len(instances))
            if nodes is None and not instances:
                self.cloud.delete(own)
                self.slurm.power_down(own)
                continue
            ordered = sorted(own, key=place_and_number)
            taken = ordered[:len(instances)]
            if taken:
                self.assign(taken, instances)
            self.cloud.delete(ordered[len(instances):])
            if nodes is None:
                self.slurm.power_down(ordered[len(instances):])

    # -- the fleet -----------------------------------------------------------------------------

    def status(self):
        return (self.cloud.item(FLEET_ID) or {}).get("Status", "RUNNING")

    def set_status(self, status, before):
        """Says what the fleet is now, unless somebody has asked for something else since `before` was read."""
        if status != self.told:
            log.info("the fleet is %s", status)
        self.told = status
        self.cloud.tell_fleet({"Heartbeat": int(self.clock())}, status, before)

    def tell_nodes(self, states):
        """Says how many nodes of each queue are in which state, for whoever asks from outside."""
        numbers: dict = {queue: defaultdict(int) for queue in self.fleet["queues"]}
        for node, (flags, _) in states.items():
            place = self.fleet.place(node)
            if place:
                numbers[place[0]][state_of(flags)] += 1
        head = self.fleet["headNode"]
        self.cloud.tell_fleet({"HeadNode": {"HostName": head["hostName"], "Address": head["address"]},
                               "Nodes": {queue: dict(states) for queue, states in numbers.items()}})

    def note_failure(self, what, why):
        """Keeps the last failures, newest first."""
        last = (self.cloud.item(FAILURES_ID) or {}).get("Last", [])
        new = {"At": int(self.clock()), "What": what, "Why": why}
        self.cloud.put([{"Id": FAILURES_ID, "Last": [new, *last][:FAILURES_KEPT]}])

    def follow_status(self):
        """Carries out what `start` and `stop` asked for."""
        status = self.status()
        queues = self.fleet["queues"]
        if status in ("STOP_REQUESTED", "STOPPING"):
            self.set_status("STOPPING", status)
            for queue in queues:
                self.slurm.partition(queue, "inactive")
            items = self.cloud.items()
            nodes = [node for node in items if NODE.match(node)]
            self.slurm.power_down([node for node in nodes if self.fleet.place(node)])
            self.release_nodes(nodes, items)
            if not self.cloud.instances():
                self.set_status("STOPPED", "STOPPING")
        elif status in ("START_REQUESTED", "STARTING"):
            self.set_status("STARTING", status)
            self.cloud.delete([key for key in self.cloud.items() if key.startswith(("QUEUE/", "RESOURCE/"))])
            for queue in queues:
                self.slurm.partition(queue, "up")
            self.set_status("RUNNING", "STARTING")
        else:
            self.set_status(status, status)
            self.keep_closed(status)
        return self.status()

    def keep_closed(self, status):
        """Closes queues again that a start of the controller has opened."""
        items = self.cloud.items()
        closed = [queue for queue in self.fleet["queues"]
                  if status == "STOPPED" or items.get(f"QUEUE/{queue}", {}).get("Protected")]
        states = self.slurm.partitions() if closed else {}
        for queue in closed:
            if states.get(queue) == "up":
                self.slurm.partition(queue, "inactive")

    def count_failures(self, nodes, items):
        """Counts boots that failed. A round closes the queue where there are too many in a row."""
        for node in nodes:
            place = self.fleet.place(node)
            if place is None:
                continue
            queue = place[0]
            item = self.cloud.item(f"QUEUE/{queue}") or {"Id": f"QUEUE/{queue}", "Failures": 0}
            item["Failures"] = int(item["Failures"]) + 1
            log.error("%s did not boot; that makes %d in a row in %s", node, item["Failures"], queue)
            self.cloud.put([item])
            self.note_failure(node, "did not boot")
            if "InstanceId" in items[node]:
                diagnostics.keep_console(self.cloud, CONSOLES, node, items[node]["InstanceId"])

    def without_spot_losses(self, nodes, items):
        """The nodes whose boot failed by itself, and not because EC2 took its Spot capacity back."""
        fates = self.cloud.fates([items[node]["InstanceId"] for node in nodes if "InstanceId" in items[node]]) if nodes else {}
        lost = [node for node in nodes if fates.get(items[node].get("InstanceId"), "").startswith(SPOT_ENDED)]
        if lost:
            log.warning("EC2 took back the Spot instances of %s", ", ".join(lost))
            self.note_failure(", ".join(lost), "EC2 took the Spot instance back")
        return [node for node in nodes if node not in lost]

    def close_failing(self):
        """Closes queues whose nodes do not boot. One with jobs that run stays open: its nodes booted once, and will be needed."""
        failing = [item for key, item in self.cloud.items().items() if key.startswith("QUEUE/") and not item.get("Protected")
                   and int(item["Failures"]) >= self.fleet["protectedAfterFailures"]]
        busy = self.slurm.busy_partitions() if failing else set()
        for item in failing if busy is not None else []:
            queue = item["Id"][len("QUEUE/"):]
            if queue in busy:
                log.warning("%d boots failed in a row in %s, which stays open while its jobs run", int(item["Failures"]), queue)
                continue
            log.error("%s is protected: its partition is closed until the fleet is started again", queue)
            self.cloud.put([{**item, "Protected": True}])
            self.slurm.partition(queue, "inactive")
            before = self.status()
            if before in ("RUNNING", "PROTECTED"):
                self.set_status("PROTECTED", before)

    def look_after(self):
        """One round: compares Slurm, the table and EC2, and mends what does not fit."""
        status = self.follow_status()
        runs = status in ("RUNNING", "PROTECTED")
        if runs:
            self.recover()
        states = self.slurm.nodes()
        if states is None:
            return
        self.tell_nodes(states)
        diagnostics.answer_asked(self.cloud, self.cloud.items(), CONSOLES, self.clock())
        log.info("watched %d nodes", len(states))
        if not runs:
            return
        self.end_removed(self.cloud.items())
        items, instances = self.cloud.items(), self.cloud.instances()
        self.end_orphans(items, instances)
        self.mend_nodes(states, items, instances)
        self.close_failing()
        self.reset_nodes(states, items)
        closed = capacity_blocks.reserve_inactive(self.fleet, self.slurm, self.cloud)
        if status == "RUNNING":
            self.start_static(states, items, closed)

    def end_removed(self, items):
        """Ends the instances of nodes that the cluster file had once."""
        removed = [node for node in items if NODE.match(node) and self.fleet.place(node) is None]
        if removed:
            log.warning("the cluster file has no %s any more", ", ".join(sorted(removed)))
            self.release_nodes(removed, items)

    def end_orphans(self, items, instances):
        known = {item["InstanceId"] for item in items.values() if "InstanceId" in item}
        grace = self.fleet["orphanGraceSeconds"]
        orphans = [key for key, instance in instances.items()
                   if key not in known and self.clock() - instance["LaunchTime"].timestamp() > grace]
        if orphans:
            log.error("no node belongs to %s", ", ".join(orphans))
            self.cloud.terminate(orphans)

    def mend_nodes(self, states, items, instances):
        impaired, planned = self.cloud.troubles() if instances else (set(), {})
        self.drain_planned(states, items, planned)
        gone: list = []
        failed: list = []
        lost: list = []
        forgotten: list = []
        booted: set = set()
        for node, item in items.items():
            if "InstanceId" not in item or node not in states:
                continue
            flags, reason = states[node]
            age = self.clock() - int(item["LaunchedAt"])
            # A node that had booted and is silent now has lost its instance; its boot did not fail.
            booting = bool(flags & {"POWERING_UP", "POWER_UP"})
            # EC2 may take a while to list an instance that it has launched.
            ended = item["InstanceId"] not in instances and age > self.fleet["orphanGraceSeconds"]
            if "DOWN" in flags and not item.get("Held") and self.held(flags, reason):
                self.cloud.put([{**item, "Held": SET_BY.sub("", reason).strip()}])
            if self.held(flags, reason) or self.keep_held(node, item, flags):
                if ended:
                    forgotten.append(node)
            elif "POWERED_DOWN" in flags and age > self.fleet["orphanGraceSeconds"]:
                gone.append(node)
            elif ended or item["InstanceId"] in impaired:
                log.error("%s lost its instance %s", node, item["InstanceId"])
                (failed if booting else gone).append(node)
                lost.append(node)
            elif "POWERING_UP" in flags and age > self.fleet["bootstrapTimeoutSeconds"]:
                failed.append(node)
            elif not booting and "NOT_RESPONDING" not in flags and flags & {"IDLE", "ALLOCATED", "MIXED", "COMPLETING"} \
                    and "POWERED_DOWN" not in flags:
                booted.add(self.fleet.place(node)[0])
        for queue in booted:
            counted = items.get(f"QUEUE/{queue}")
            if counted and not counted.get("Protected") and counted["Failures"]:
                self.cloud.delete([f"QUEUE/{queue}"])
        self.count_failures(self.without_spot_losses(failed, items), items)
        self.release_nodes(gone + failed + forgotten, items)
        # A machine that is gone never says that its jobs have ended: only when its node is down are they queued again.
        self.slurm.down(lost, "lost its instance")
        self.slurm.power_down(gone + failed)

    def drain_planned(self, states, items, planned):
        """Drains nodes that EC2 will stop, reboot or retire: their jobs run to the end, and then they are replaced."""
        for node, item in items.items():
            event = planned.get(item.get("InstanceId"))
            if event and node in states and not states[node][0] & {"DRAIN", "DOWN"}:
                log.warning("%s is drained: EC2 has scheduled %s for %s", node, event, item["InstanceId"])
                self.note_failure(node, f"EC2 has scheduled {event}")
                self.slurm.drain([node], f"EC2 has scheduled {event}")

    def held(self, flags, reason):
        """Whether a person has set this node down or drains it: the node stays as it is, with its instance, until they resume it."""
        by = SET_BY.search(reason)
        if not flags & {"DOWN", "DRAIN"} or reason.startswith(REASON) or by is None:
            return False
        self.slurm_user = self.slurm_user or self.slurm.own_user()
        return by[1] != self.slurm_user

    def reset_nodes(self, states, items):
        """Brings nodes that were set down back to powered-down, once their resource may be tried again."""
        now, waiting, over = self.clock(), set(), []
        for place in self.fleet.places():
            key = f"RESOURCE/{'/'.join(place)}"
            if key in items and int(items[key]["DisabledUntil"]) > now:
                waiting.add(place)
            elif key in items:
                over.append(key)
        self.cloud.delete(over)
        down = [node for node, (flags, reason) in states.items()
                if ("DOWN" in flags or failed_check(flags, reason)) and self.fleet.place(node) and self.fleet.place(node) not in waiting
                and not flags & {"POWERING_DOWN", "POWER_DOWN"} and not self.held(flags, reason)
                and not items.get(node, {}).get("Held") and not updates.waits(flags, reason, items, REASON)]
        self.release_nodes([node for node in down if node in items], items)
        off = [node for node in down if "POWERED_DOWN" in states[node][0] and "DOWN" not in states[node][0]]
        self.slurm.resume(off)
        self.slurm.power_down([node for node in down if node not in off])

    def start_static(self, states, items, reserved):
        closed = {key[6:] for key, item in items.items() if key.startswith("QUEUE/") and item.get("Protected")}
        waiting = {key[9:] for key, item in items.items()
                   if key.startswith("RESOURCE/") and int(item["DisabledUntil"]) > self.clock()}
        missing = []
        for place in self.fleet.places():
            if place[0] in closed or "/".join(place) in waiting or place in reserved:
                continue
            for node in self.fleet.nodes_of(place)[:self.fleet.resource(place)["minCount"]]:
                flags = states.get(node, (set(), ""))[0]
                if "POWERED_DOWN" in flags and node not in items and not flags & {"POWERING_UP", "POWER_UP", "DOWN"}:
                    missing.append(node)
        self.slurm.power_up(missing)


def failed_check(flags, reason):
    """Whether a node was drained by our own check, and runs no job any more. What people drain is theirs."""
    return "DRAIN" in flags and reason.startswith(REASON) and not flags & {"ALLOCATED", "MIXED", "COMPLETING"}


def state_of(flags):
    """One word for a node's flags, as a person says it."""
    for flag, word in (("POWERING_UP", "booting"), ("POWERING_DOWN", "ending"), ("DOWN", "down"), ("DRAIN", "drained"),
                       ("POWERED_DOWN", "off"), ("ALLOCATED", "busy"), ("MIXED", "busy"), ("COMPLETING", "busy")):
        if flag in flags:
            return word
    return "idle" if "IDLE" in flags else "unknown"


class Requests:
    """The directory in which Slurm's programs leave what they want, oldest first."""

    def __init__(self, directory=SPOOL):
        self.directory = os.path.join(directory, "requests")
        os.makedirs(self.directory, exist_ok=True)

    def leave(self, request):
        name = f"{time.time_ns():020d}-{os.getpid()}"
        draft = os.path.join(self.directory, f".{name}")
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(request, file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, os.path.join(self.directory, f"{name}.json"))

    def pending(self):
        return sorted(name for name in os.listdir(self.directory) if name.endswith(".json"))

    def read(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8") as file:
            return json.load(file)

    def done(self, name):
        os.unlink(os.path.join(self.directory, name))


def jobs_of(path, slurm):
    """The jobs that wait for a resume, from the file that Slurm offers while its program runs."""
    try:
        with open(path, encoding="utf-8") as file:
            jobs = json.load(file).get("jobs", [])
    except (OSError, TypeError, ValueError):
        return []
    return [{"id": job.get("job_id"), "nodes": slurm.expand(job.get("nodes_resume") or job.get("nodes_alloc") or job.get("nodes") or "")}
            for job in jobs]


def ask(kind, nodes):
    slurm = Slurm()
    jobs = jobs_of(os.environ.get("SLURM_RESUME_FILE"), slurm) if kind == "resume" else []
    Requests().leave({"kind": kind, "nodes": slurm.expand(nodes), "jobs": jobs})


def serve(once=False):
    """Runs until killed. One instance only: the lock is released by the kernel, whatever happens."""
    os.makedirs(SPOOL, exist_ok=True)
    lock = open(os.path.join(SPOOL, "daemon.lock"), "w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)
    fleet, slurm, requests = Fleet(), Slurm(), Requests()
    manager = Manager(fleet, slurm, Cloud(fleet))
    due = 0.0
    while True:
        for name in requests.pending():
            attempt(lambda name=name: manager.handle(requests.read(name)), name)
            requests.done(name)
        if time.monotonic() >= due:
            if attempt(fleet.reload, fleet.path):
                manager.cloud = Cloud(fleet)
            attempt(manager.look_after, "round")
            due = time.monotonic() + fleet["loopSeconds"]
        if once:
            return
        time.sleep(0.1)


def attempt(action, what):
    try:
        return action()
    except Exception:  # One failed call must not end the care for the other nodes.
        log.exception("%s failed", what)
        return None


def own_name(instance_id, seconds=300):
    """The node that an instance is, as soon as the daemon has written it down."""
    cloud = Cloud(Fleet())
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = cloud.table.query(IndexName="InstanceId", KeyConditionExpression="InstanceId = :id",
                                  ExpressionAttributeValues={":id": instance_id})["Items"]
        if found:
            return found[0]["Id"]
        time.sleep(1)
    return None


def leave(instance, cloud=None, wait=time.sleep):
    """Ends the compute nodes when the head node itself is ended, as nobody would look after them. A head node that is only
    stopped or rebooted keeps them, unless its cluster is being destroyed: then Terraform has taken the standing item already."""
    cloud = cloud or Cloud(Fleet())
    state = cloud.state_of(instance)
    if state not in ("shutting-down", "terminated") and not (state == "stopping" and cloud.item(STANDING_ID) is None):
        log.info("the head node is %s; the compute nodes stay", state)
        return
    for _ in range(LEAVE_SECONDS // 5):
        left = list(cloud.instances())
        if not left:
            break
        log.warning("the head node is %s, so %s are ended", state, ", ".join(left))
        cloud.terminate(left)
        wait(5)


def request_status(status):
    cloud = Cloud(Fleet())
    cloud.table.update_item(Key={"Id": FLEET_ID}, UpdateExpression="SET #status = :status",
                            ExpressionAttributeNames={"#status": "Status"}, ExpressionAttributeValues={":status": status})


def report():
    fleet = Fleet()
    cloud = Cloud(fleet)
    items = cloud.items()
    nodes = {key: item["InstanceId"] for key, item in sorted(items.items()) if "InstanceId" in item}
    print(json.dumps({"cluster": fleet["cluster"], "status": items.get(FLEET_ID, {}).get("Status", "RUNNING"),
                      "heartbeat": int(items.get(FLEET_ID, {}).get("Heartbeat", 0)), "nodes": nodes}, indent=2))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="meridian_hpc", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for kind in ("resume", "suspend", "resume-failed"):
        commands.add_parser(kind).add_argument("nodes")
    for name in ("own-name", "leave"):
        commands.add_parser(name).add_argument("instance")
    commands.add_parser("may-update").add_argument("fleet")
    for name in ("daemon", "round", "start", "stop", "status", "updated"):
        commands.add_parser(name)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("botocore").setLevel(logging.WARNING)
    if given.command in ("resume", "suspend", "resume-failed"):
        ask(given.command, given.nodes)
    elif given.command == "own-name":
        name = own_name(given.instance)
        if name is None:
            sys.exit("no node was given to this instance")
        print(name)
    elif given.command == "may-update":
        fleet = Fleet()
        if not updates.may_update(fleet, Fleet(given.fleet), Slurm(), Cloud(fleet), REASON):
            sys.exit(WAITS)
    elif given.command == "updated":
        updates.taken_over(Cloud(Fleet()))
    elif given.command == "leave":
        leave(given.instance)
    elif given.command in ("start", "stop"):
        request_status(f"{given.command.upper()}_REQUESTED")
    elif given.command == "status":
        report()
    else:
        serve(once=given.command == "round")


if __name__ == "__main__":
    main()
