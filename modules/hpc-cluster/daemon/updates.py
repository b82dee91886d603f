"""Decides when a changed cluster file may be taken over, so that no job ends because a node was taken away.

A change takes nodes away when it removes them (a lower MaxCount, a removed queue or compute resource) or gives them other
instance types. `QueueUpdateStrategy` says what happens then, as in ParallelCluster:
https://docs.aws.amazon.com/parallelcluster/latest/ug/Scheduling-v3.html#yaml-Scheduling-SlurmSettings-QueueUpdateStrategy

COMPUTE_FLEET_STOP waits until the fleet is stopped while such a node has an instance; DRAIN lets no more jobs onto the
nodes and waits until those there have ended; TERMINATE queues their jobs again and waits for nothing.
"""

import logging

UPDATE_ID = "UPDATE"
REASON = "update"
AT_WORK = {"ALLOCATED", "MIXED", "COMPLETING"}

log = logging.getLogger("meridian")


def taken_away(now, then):
    """Nodes that the fleet of now has and the fleet of then has not, or has as machines of other types."""
    found = []
    for place in now.places():
        kept = then["queues"].get(place[0], {}).get(place[1])
        same = kept is not None and kept["instanceTypes"] == now.resource(place)["instanceTypes"]
        nodes = set(then.nodes_of(place)) if same else set()
        found += [node for node in now.nodes_of(place) if node not in nodes]
    return found


def may_update(now, then, slurm, cloud, prefix):
    """Whether the fleet of then may be taken over; if not, the table says which nodes it waits for, and why."""
    nodes, items, strategy = taken_away(now, then), cloud.items(), then.get("queueUpdateStrategy", "COMPUTE_FLEET_STOP")
    states = slurm.nodes()
    if not nodes:
        give_back(slurm, states or {}, set(), strategy, prefix)
        if UPDATE_ID in items:
            taken_over(cloud)
        return True
    if states is None:
        # The change may be what mends the controller.
        waiting = [node for node in nodes if "InstanceId" in items.get(node, {})]
        return say(cloud, items, strategy, waiting)
    give_back(slurm, states, set(nodes), strategy, prefix)
    if items.get("FLEET", {}).get("Status") == "STOPPED":
        return say(cloud, items, strategy, [])
    if strategy == "COMPUTE_FLEET_STOP":
        return say(cloud, items, strategy, [node for node in nodes if "InstanceId" in items.get(node, {}) or at_work(states, node)])
    # Before the first node is drained: what is drained for a change is not replaced while the change waits.
    cloud.put([{"Id": UPDATE_ID, "Strategy": strategy, "Waiting": []}])
    items = {**items, UPDATE_ID: {}}
    slurm.drain([node for node in nodes if node in states and not states[node][0] & {"DRAIN", "DOWN"}], REASON)
    busy = [node for node in nodes if at_work(states, node)]
    if strategy == "TERMINATE":
        # Slurm queues the jobs of a node that is set down again.
        slurm.down(busy, REASON)
        states = slurm.nodes() or states
        busy = [node for node in busy if at_work(states, node)]
    return say(cloud, items, strategy, busy)


def at_work(states, node):
    return node in states and bool(states[node][0] & AT_WORK)


def give_back(slurm, states, nodes, strategy, prefix):
    """Lets jobs onto nodes again that were drained for a change which has been taken back, or waits by another strategy."""
    drained = [node for node, (flags, reason) in states.items()
               if "DRAIN" in flags and reason.startswith(f"{prefix}: {REASON}")
               and (node not in nodes or strategy == "COMPUTE_FLEET_STOP")]
    if drained:
        log.info("%s take jobs again: the change that took them away is no more", ", ".join(drained))
        slurm.resume(drained)


def say(cloud, items, strategy, waiting):
    """Writes down what a change waits for, as `meridian hpc status` shows it. Cleared by `taken_over`."""
    if waiting or UPDATE_ID in items:
        cloud.put([{"Id": UPDATE_ID, "Strategy": strategy, "Waiting": sorted(waiting)}])
    if waiting:
        log.warning("a change of the cluster waits (%s) for %s", strategy, ", ".join(sorted(waiting)))
    return not waiting


def taken_over(cloud):
    cloud.delete([UPDATE_ID])


def waits(flags, reason, items, prefix):
    """Whether a node stays drained because a change that takes it away has not been taken over yet."""
    return UPDATE_ID in items and reason.startswith(f"{prefix}: {REASON}") and bool(flags & {"DRAIN", "DOWN"})
