#!/bin/bash
# Runs the rendered configuration of a cluster with real Slurm on this one machine, without root, cgroups or systemd.
# usage: harness.sh start|stop|daemon|kill-daemon|controller|kill-controller DIRECTORY. The directory holds etc/ (rendered) and fleet.json.
# The files are what the module renders, byte for byte, but for a Port= range on each NodeName line, because all
# slurmd share this host's address. Everything else that one host needs is in overlay.conf, read last.
set -eu
action=$1; B=$2; here=$(dirname "$(realpath "$0")"); me=$(id -un)
# As on a head node, the controller runs as `slurm`, so that what it does is told from what an administrator does.
controller=$me; shell_python=; [ "$(id -u)" != 0 ] || { controller=slurm; shell_python=/usr/bin/python3; }
python=${PYTHON:-$(python3 -c "import sys; print(sys.executable)")}; program=${DAEMON:-$here/../../../../modules/hpc-cluster/daemon/meridian_hpc.py}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin SLURM_CONF=$B/etc/slurm.conf
export MERIDIAN_FLEET=$B/fleet.json MERIDIAN_SPOOL=$B/spool/meridian AWS_EC2_METADATA_DISABLED=true
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_ENDPOINT_URL=${AWS_ENDPOINT_URL:-http://127.0.0.1:5000}
daemon() { setsid "$python" "$program" daemon </dev/null >>"$B/log/daemon.log" 2>&1 & echo $! > "$B/run/daemon.pid"; }
controller() {
  setsid slurmctld -D "$@" -f "$SLURM_CONF" </dev/null >>"$B/log/slurmctld.out" 2>&1 & echo $! > "$B/run/ctld.pid"
  for _ in $(seq 100); do scontrol ping 2>/dev/null | grep -q UP && break; sleep .1; done; scontrol ping
}
case $action in
start)
  mkdir -p "$B"/{state,spool/meridian/requests,log,run,munge,bin,out}; chmod 755 "$B" "$B/munge"
  (umask 077; head -c 1024 /dev/urandom > "$B/munge/munge.key")
  munged --key-file "$B/munge/munge.key" --socket "$B/munge/munge.socket" --pid-file "$B/munge/munged.pid" \
         --log-file "$B/munge/munged.log" --seed-file "$B/munge/munged.seed"
  perl -i -pe 'BEGIN{$p='"${SLURM_PORTS:-17000}"'} if(/^NodeName=\S+?\[(\d+)-(\d+)\]/ and $ARGV !~ /gres/){my($n,$q)=($2-$1+1,$p);$p+=$n;chomp;$_.=" Port=".($n>1?"[$q-".($q+$n-1)."]":$q)."\n"}' "$B"/etc/meridian_*.conf
  sed -i "s#File=/dev/nvidia\[0-7\]#File=/dev/null,/dev/zero,/dev/full,/dev/random,/dev/urandom,/dev/tty,/dev/ptmx,/dev/console#" "$B/etc/gres.conf"
  cat > "$B/etc/overlay.conf" <<C
SlurmctldPort=${SLURM_CTLD_PORT:-16820}
SlurmUser=$controller
SlurmdUser=$me
AuthInfo=socket=$B/munge/munge.socket,cred_expire=5
StateSaveLocation=$B/state
SlurmdSpoolDir=$B/spool/%n
TmpFS=$B/tmp/%n
SlurmctldPidFile=$B/run/slurmctld.pid
SlurmdPidFile=$B/run/slurmd.%n.pid
SlurmctldLogFile=$B/log/slurmctld.log
SlurmdLogFile=$B/log/slurmd.%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SlurmdParameters=config_overrides
SlurmctldParameters=idle_on_node_suspend,power_save_interval=1,power_save_min_interval=1,node_reg_mem_percent=75
SuspendTime=${SUSPEND_TIME:-10}
SuspendTimeout=5
ResumeTimeout=${RESUME_TIMEOUT:-60}
ResumeProgram=$B/bin/resume
ResumeFailProgram=$B/bin/resume-failed
SuspendProgram=$B/bin/suspend
Prolog=$B/bin/prolog
C
  echo "include $B/etc/overlay.conf" >> "$B/etc/slurm.conf"
  for program_ in resume suspend resume-failed; do
    printf '#!/bin/sh\nexport PATH=%s SLURM_CONF=%s MERIDIAN_FLEET=%s MERIDIAN_SPOOL=%s\nexec %s %s %s "$@" >>%s/log/requests.log 2>&1\n' \
      "$PATH" "$SLURM_CONF" "$MERIDIAN_FLEET" "$MERIDIAN_SPOOL" "${shell_python:-$python}" "$(realpath "$program")" "$program_" "$B" > "$B/bin/$program_"
    chmod 755 "$B/bin/$program_"
  done
  # The real prolog, on nodes of the queue gpu: their driver fails on those that gpu-lost names.
  mkdir -p "$B"/root/{etc/meridian,dev,bin,var/log}; touch "$B/root/dev/nvidia0" "$B/gpu-lost"
  echo '{"gpuHealthCheck": true}' > "$B/root/etc/meridian/node.json"
  printf '#!/bin/sh\n! grep -qx "$SLURMD_NODENAME" %s/gpu-lost\n' "$B" > "$B/root/bin/nvidia-smi"
  printf '#!/bin/sh\ncase $SLURMD_NODENAME in gpu-*) ;; *) exit 0 ;; esac\nexport PATH=%s/root/bin:%s SLURM_CONF=%s MERIDIAN_ROOT=%s/root\nexec bash %s\n' \
    "$B" "$PATH" "$SLURM_CONF" "$B" "$here/../../../../modules/hpc-cluster/nodes/prolog.sh" > "$B/bin/prolog"
  chmod 755 "$B/root/bin/nvidia-smi" "$B/bin/prolog"
  "$python" "$here/setup.py" "$MERIDIAN_FLEET"
  [ "$controller" = "$me" ] || chown -R "$controller" "$B"/{state,spool,log,run}
  controller -c
  setsid "$python" "$here/machines.py" "$B" "$MERIDIAN_FLEET" </dev/null >"$B/log/machines.log" 2>&1 & echo $! > "$B/run/machines.pid"
  daemon ;;
daemon) daemon ;;
controller) controller ;;
kill-controller) kill "$(cat "$B/run/ctld.pid")"; while kill -0 "$(cat "$B/run/ctld.pid")" 2>/dev/null; do sleep .1; done ;;
kill-daemon) kill -9 "$(cat "$B/run/daemon.pid")" ;;
stop)
  for f in "$B"/run/{daemon,machines,ctld}.pid "$B/munge/munged.pid"; do [ -e "$f" ] && kill "$(cat "$f")" 2>/dev/null || true; done
  sleep 1; for f in "$B"/run/{daemon,machines,ctld}.pid; do [ -e "$f" ] && kill -9 "$(cat "$f")" 2>/dev/null || true; done ;;
esac
