#!/bin/bash
# Ends this compute node when nobody looks after it any more: the head node has been silent, or Slurm has powered the
# node down or does not know it, and yet it runs. Runs every minute from a copy on the node's own disk, as the shares of a
# silent head node cannot be read. EC2 terminates an instance that shuts itself down (the launch template says so).
set -uo pipefail
root=${MERIDIAN_ROOT:-} # Tests only.
PATH=$PATH:/opt/slurm/bin:/usr/bin:/bin
# A node at work waits longer: its job may outlive a head node that is restarted or made anew.
idle_seconds=${MERIDIAN_IDLE_SECONDS:-600}; busy_seconds=${MERIDIAN_BUSY_SECONDS:-3600}
since=$root/run/meridian-unattended; spool=${MERIDIAN_SLURMD_SPOOL:-/var/spool/slurmd}
node=$(sed -n 's/^SLURMD_OPTIONS="-N \([^" ]*\).*/\1/p' "$root/etc/default/slurmd")
[ -n "$node" ] || exit 0

# A share of the head node may hang, and so may a program on it: only a kill ends that.
answer=$(timeout -s KILL "${MERIDIAN_ANSWER_SECONDS:-50}" scontrol -o show node "$node" 2>&1)
case $answer in
  # An administrator looks at it: Slurm suspended it all the same, and the daemon set it down again.
  *"Reason=meridian: kept as it was"*) rm -f "$since"; exit 0 ;;
  *State=*POWERED_DOWN*|*State=*POWERING_DOWN*) why="Slurm has powered it down" limit=$idle_seconds ;;
  *State=*) rm -f "$since"; exit 0 ;;
  *"not found"*) why="Slurm does not know it" limit=$idle_seconds ;;
  *) why="the head node is silent" limit=$idle_seconds
    # Each step of a job has a socket here.
    [ -z "$(find "$spool" -maxdepth 1 -type s -name '*_*.*' 2>/dev/null | head -n 1)" ] || limit=$busy_seconds ;;
esac
[ -e "$since" ] || date +%s > "$since"
seconds=$(($(date +%s) - $(cat "$since")))
[ "$seconds" -ge "$limit" ] || exit 0
echo "meridian: $node shuts itself down: $why, for $seconds s" | tee -a "$root/var/log/meridian-bootstrap.log" > "${MERIDIAN_CONSOLE:-/dev/console}"
systemctl poweroff
