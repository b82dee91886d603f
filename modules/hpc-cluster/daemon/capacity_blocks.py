"""Keeps jobs off the nodes of capacity blocks that are not active.

A capacity block is bought for a time to come. Until then EC2 refuses launches into it, and after its end too. A Slurm
reservation holds the block's nodes meanwhile, so that jobs wait in the queue instead of failing one launch after another.
"""

import logging

ACTIVE = "active"

log = logging.getLogger("meridian")


def blocks_of(fleet):
    """The reservation of EC2 behind each compute resource that is a capacity block."""
    found = {}
    for place in fleet.places():
        resource = fleet.resource(place)
        if resource["capacityType"] == "CAPACITY_BLOCK" and resource.get("capacityReservationId"):
            found[place] = resource["capacityReservationId"]
    return found


def name_of(place):
    return f"meridian-{place[0]}-{place[1]}"


def reserve_inactive(fleet, slurm, cloud):
    """Makes the Slurm reservations fit the blocks. Returns the places whose block cannot be launched into now."""
    blocks = blocks_of(fleet)
    present = slurm.reservations()
    if present is None:
        return set(blocks)
    states = cloud.reservation_states(sorted(set(blocks.values()))) if blocks else {}
    closed = {place for place, block in blocks.items() if states.get(block, "unknown") != ACTIVE}
    for place in sorted(blocks):
        name, nodes = name_of(place), fleet.nodes_of(place)
        state = states.get(blocks[place], "unknown")
        has = present.get(name)
        if has is not None and (place not in closed or set(has) != set(nodes)):
            log.info("the reservation %s is lifted: its capacity block %s is %s", name, blocks[place], state)
            slurm.unreserve(name)
            has = None
        if place in closed and has is None:
            log.info("%s is reserved: its capacity block %s is %s", "/".join(place), blocks[place], state)
            slurm.reserve(name, nodes)
    for name in sorted(present):
        if name.startswith("meridian-") and name not in {name_of(place) for place in blocks}:
            slurm.unreserve(name)
    return closed
