#!/bin/bash
# Slurm's prolog: checks the node's GPUs before each job, where the file asks for it. When the check fails, the node is
# drained with what failed, Slurm queues the job again, and the cluster daemon replaces the node.
set -uo pipefail
PATH=$PATH:/opt/slurm/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin
root=${MERIDIAN_ROOT:-} # Tests only: Slurm gives its prolog no variables of the job's owner.
asked() { python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1])).get("gpuHealthCheck") is not True)' "$root/etc/meridian/node.json"; }
asked && command -v nvidia-smi > /dev/null && ls "$root"/dev/nvidia[0-9]* > /dev/null 2>&1 || exit 0
log=$root/var/log/meridian-health.log

fail() {
  echo "$(date -Is) job $SLURM_JOB_ID: $1" >> "$log"
  scontrol update "nodename=$SLURMD_NODENAME" state=drain "reason=meridian: GPU check before job $SLURM_JOB_ID: $1"
  exit 1
}

# Drivers, memory and PCIe, in about two minutes, of the GPUs that the job gets: others may be at work.
diagnose() {
  local only=(); [ -z "${SLURM_JOB_GPUS:-}" ] || only=(-i "$SLURM_JOB_GPUS")
  dcgmi diag -r 2 "${only[@]}" >> "$log" 2>&1 || fail "dcgmi diag -r 2 failed, see $log"
}

look() {
  local rows index errors
  rows=$(nvidia-smi --query-gpu=index,ecc.errors.uncorrected.volatile.total --format=csv,noheader,nounits 2>&1) ||
    fail "nvidia-smi: $(tail -n 1 <<< "$rows")"
  while IFS=', ' read -r index errors; do
    [[ ! $errors =~ ^[1-9] ]] || fail "GPU $index has $errors uncorrected memory errors"
  done <<< "$rows"
}

has_dcgm() {
  command -v dcgmi > /dev/null || return 1
  dcgmi discovery -l > /dev/null 2>&1 || { systemctl start nvidia-dcgm; dcgmi discovery -l; } > /dev/null 2>&1
}

if has_dcgm; then diagnose; else look; fi
