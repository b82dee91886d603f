#!/bin/bash
# Takes over what `terraform apply` changed, without stopping the fleet: new files, then a reconfigure.
set -euo pipefail
setting() { python3 -c 'import json,sys; print(json.load(open("/etc/meridian/node.json")).get(sys.argv[1]) or "")' "$1"; }
source="s3://$(setting bucket)/$(setting prefix)"; export AWS_DEFAULT_REGION; AWS_DEFAULT_REGION=$(setting region)
# A change that takes nodes away waits for their jobs, as QueueUpdateStrategy says.
next=/var/lib/meridian/next; install -d -m 700 "$next"; aws s3 cp --quiet "$source/fleet.json" "$next/fleet.json"
code=0; PATH=/opt/slurm/bin:$PATH python3 /opt/meridian/daemon/meridian_hpc.py may-update "$next/fleet.json" || code=$?
[ "$code" != 3 ] || exit 0
[ "$code" = 0 ] || exit "$code"
aws s3 sync --quiet --exact-timestamps "$source/slurm/" /etc/slurm
aws s3 sync --quiet --exact-timestamps "$source/daemon/" /opt/meridian/daemon
# New nodes mount what the head node mounted when it booted. Nothing here runs from what nodes mount.
aws s3 sync --quiet --exact-timestamps --exclude mounts.json "$source/nodes/" /opt/meridian/nodes
[ ! -e /opt/meridian/nodes/prolog.sh ] || install -m 755 /opt/meridian/nodes/prolog.sh /opt/meridian/shared/
cp "$next/fleet.json" /etc/meridian/fleet.json
# Written down only once it is in force, so that an update that was cut off is done again.
applied=/etc/meridian/applied.sha256
now=$(cat /etc/slurm/*.conf /etc/meridian/fleet.json /opt/meridian/daemon/*.py | sha256sum)
[ "$now" != "$(cat "$applied" 2>/dev/null || true)" ] || exit 0
# Slurm before 23.11 takes new and removed nodes only when its controller starts; jobs outlive that.
systemctl restart slurmctld
for _ in $(seq 30); do ! PATH=/opt/slurm/bin:$PATH scontrol reconfigure || break; sleep 2; done
python3 /opt/meridian/daemon/meridian_hpc.py updated
systemctl restart meridian-hpc
printf '%s\n' "$now" > "$applied"
