#!/bin/bash
# Tries a ready image on a machine that was started from it, before any cluster gets it, and says all that is wrong with it.
set -uo pipefail
manifest=${MERIDIAN_MANIFEST:-/etc/meridian-image}; key=${MERIDIAN_MUNGE_KEY:-/etc/munge/munge.key}
PATH=$PATH:/opt/slurm/sbin:/opt/slurm/bin:/opt/amazon/efa/bin:/usr/sbin:/sbin
failed=0
fail() { echo "FAILED: $1" >&2; failed=1; }
holds() { grep -qs "^$1\( \|$\)" "$manifest"; }

works() { # WHAT COMMAND...
  local output
  if output=$("${@:2}" 2>&1); then echo "$1: ${output%%$'\n'*}"; else fail "$1: $output"; fi
}

runs_mpi() {
  local work; work=$(mktemp -d)
  printf '#include <mpi.h>\nint main(int c, char **v) { MPI_Init(&c, &v); return MPI_Finalize(); }\n' > "$work/hello.c"
  # As a user finds it, by the profile; Slurm is not there to start it.
  bash -lc ". /etc/profile.d/meridian-mpi.sh 2>/dev/null; mpicc '$work/hello.c' -o '$work/hello' && mpirun --allow-run-as-root --oversubscribe -n 2 '$work/hello' && mpicc --version"
  local code=$?; rm -rf "$work"; return "$code"
}

has_pmix() {
  local found; found=$(find /opt/slurm/lib /usr/lib /usr/lib64 -name mpi_pmix.so -print -quit 2>/dev/null)
  [ -n "$found" ] && echo "$found"
}

[ -s "$manifest" ] || fail "there is no $manifest, so nodes would install everything"
[ ! -e "$key" ] || fail "$key is in the image, and who has it is anyone to Slurm"
works Slurm slurmd -V
works PMIx has_pmix
works munge munged --version
works "Open MPI" runs_mpi
! holds agent || works "CloudWatch agent" test -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
! holds efa-driver || works "EFA's driver" modinfo -F version efa
if holds efa || holds efa-driver; then works Libfabric fi_info --version; fi
! holds lustre || works "Lustre's driver" modinfo -F version lustre
! holds lustre || works "Lustre's client" command -v mount.lustre
! holds efs || works "EFS's client" command -v mount.efs
! holds directory || works SSSD sssd --version
! holds nvidia || works "NVIDIA's driver" nvidia-smi -L
exit "$failed"
