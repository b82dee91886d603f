#!/bin/bash
# Boots a node on this machine, in a mount namespace of its own, and prints what came of it as JSON.
# usage: unshare --mount --propagation private boot.sh DIRECTORY OS. The directory holds bucket/ (what the cluster's
# bucket holds), user-data.sh and answers/ (what a program prints when it is asked for something, by a file a program).
# All that would reach beyond the machine, or change more than files, is a stand-in that writes down how it was called.
# In a machine of its own (MACHINE=head or MACHINE=node, machine/scenario.sh) disks, mounts, exports and the firewall are real.
set -euo pipefail
directory=$1; os=$2
scratch=$directory/scratch; mkdir -p "$scratch"; mount -t tmpfs none "$scratch"
folders=(/etc /var /opt /run /dev /usr/src /home)
case ${MACHINE:-} in head) folders=() ;; node) folders=(/etc /var /opt /run); umount /data ;; esac
for folder in "${folders[@]}"; do
  mkdir -p "$scratch$folder"/{upper,work}
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$scratch$folder/upper,workdir=$scratch$folder/work" "$folder"
done
rm -rf /opt/meridian /etc/meridian /etc/meridian-image /etc/slurm /etc/munge /var/spool/slurm*
sed -i '/^\(slurm\|munge\):/d' /etc/passwd /etc/group /etc/shadow /etc/gshadow
stand_ins=(sha256sum aws dnf apt-get dpkg curl tar make systemctl hostnamectl lsblk mdadm nmcli sysctl gpg nvidia-smi selinuxenabled setsebool authselect chcon apt-mark systemd-detect-virt)
if [ -z "${MACHINE:-}" ]; then
  stand_ins+=(mount umount mountpoint exportfs blkid mkfs.ext4)
  mount -t tmpfs none /sys/devices/system/cpu; mkdir /sys/devices/system/cpu/smt
  mkdir -p /dev/disk/by-id; touch /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol{1,2}
fi
: > /etc/fstab; rm -f /etc/os-release; cp "$directory/os-release.$os" /etc/os-release

programs=$scratch/programs; mkdir "$programs"; export CALLS=$scratch/calls BUCKET=$directory/bucket ANSWERS=$directory/answers; : > "$CALLS"
# A node that does not boot says so on its console, lingers for its log and powers itself off.
export MERIDIAN_CONSOLE=$scratch/console MERIDIAN_LINGER=0; : > "$MERIDIAN_CONSOLE"
cat > "$programs/stand-in" <<'P'
#!/bin/bash
name=$(basename "$0"); echo "$name $*" >> "$CALLS"
case "$name $*" in
  "sha256sum "*) cat > /dev/null ;; # a reader that left early would break the pipe of who writes to it
  "aws s3 sync"*) args=(); for one in "$@"; do case $one in --*) ;; *) args+=("$one") ;; esac; done; mkdir -p "${args[3]}"; cp -r "$BUCKET/${args[2]#s3://*/cluster/}." "${args[3]}" ;;
  "aws s3 cp"*) mkdir -p "$(dirname "${*: -1}")"; from=${*: -2:1}; cp "$BUCKET/${from#s3://*/cluster/}" "${*: -1}" ;;
  "dnf "*munge*|"apt-get "*munge*) useradd --system munge ;;
  "mount /opt/meridian/shared") install -D "$BUCKET/nodes/mounts.json" /opt/meridian/shared/mounts.json ;;
  "mount -t nfs4 "*:/opt/meridian/key*) : > "${*: -1}/munge.key"; [ ! -e "$ANSWERS/key-share" ] || "$BASH" "$ANSWERS/key-share" "${*: -1}" ;;
  "systemctl enable --now meridian-imds") [ -z "${MACHINE:-}" ] || sed -n 's/^ExecStart=//p' /etc/systemd/system/meridian-imds.service | "$BASH" -e ;;
  "systemctl enable --now nfs-server") [ -z "${MACHINE:-}" ] || { rpc.nfsd --no-nfs-version 3 --grace-time 10 4; rpc.mountd --no-nfs-version 3; echo Y > /proc/fs/nfsd/v4_end_grace; } ;;
  "mountpoint "*) grep -qx "mount ${*: -1}" "$CALLS" ;;
  "tar "*slurm*) mkdir -p /usr/src/slurm-slurm-24-05-8-1 /opt/slurm; printf '#!/bin/sh\n' > /usr/src/slurm-slurm-24-05-8-1/configure; chmod +x /usr/src/slurm-slurm-24-05-8-1/configure ;;
  "tar "*pmix*) mkdir -p /usr/src/pmix-5.0.9; printf '#!/bin/sh\n' > /usr/src/pmix-5.0.9/configure; chmod +x /usr/src/pmix-5.0.9/configure ;;
  "tar "*/efa.tar*) mkdir -p /usr/src/aws-efa-installer; printf '#!/bin/sh\necho "efa_installer.sh $*" >> "$CALLS"\n' > /usr/src/aws-efa-installer/efa_installer.sh; chmod +x /usr/src/aws-efa-installer/efa_installer.sh ;;
  "tar "*efs-utils*) mkdir -p /usr/src/efs-utils-2.3.1; printf '#!/bin/sh\n' > /usr/src/efs-utils-2.3.1/build-deb.sh; chmod +x /usr/src/efs-utils-2.3.1/build-deb.sh ;;
  *) [ ! -e "$ANSWERS/$name" ] || "$BASH" "$ANSWERS/$name" "$@" ;;
esac
P
chmod +x "$programs/stand-in"
for name in "${stand_ins[@]}"; do ln -s stand-in "$programs/$name"; done
install -D /dev/null /opt/aws/amazon-cloudwatch-agent/etc/x; install -D "$programs/stand-in" /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl

# A ready image is made first, where there is one, and the node boots from it.
: > "$scratch/built"
if [ -e "$directory/image-build.sh" ]; then
  PATH=$programs:$PATH bash "$directory/image-build.sh" >"$scratch/output" 2>&1 </dev/null || cat "$scratch/output" >&2
  sleep 0.2; mv "$scratch/calls" "$scratch/built"; : > "$CALLS"; ls -d /etc/meridian /opt/meridian /etc/munge/munge.key /etc/profile.d/meridian-mpi.sh >> "$scratch/built" 2>/dev/null || true
fi
started=$EPOCHREALTIME
code=0; PATH=$programs:$PATH bash "$directory/user-data.sh" >"$scratch/output" 2>&1 </dev/null || code=$?
seconds=$(awk "BEGIN { print $EPOCHREALTIME - $started }")
sleep 0.2
python3 - "$code" "$scratch" "$seconds" <<'P'
import json, pathlib, pwd, sys
read = lambda path: pathlib.Path(path).read_text() if pathlib.Path(path).exists() else None
scratch = sys.argv[2]
files = ["/etc/fstab", "/etc/exports", "/etc/default/slurmd", "/etc/systemd/system/slurmd.service", "/etc/systemd/system/slurmctld.service",
         "/etc/systemd/system/meridian-hpc.service", "/etc/systemd/system/meridian-watch.timer", "/etc/meridian/watch.sh", "/etc/meridian/instance-id", "/run/meridian-boot.json", "/etc/systemd/system/meridian-imds.service", "/etc/systemd/resolved.conf.d/meridian.conf",
         "/etc/systemd/system/meridian-hpc.service.d/proxy.conf", "/sys/devices/system/cpu/smt/control", "/etc/profile.d/slurm.sh", "/etc/profile.d/meridian-mpi.sh", "/etc/security/limits.d/meridian-efa.conf", "/etc/sysctl.d/60-meridian-efa.conf", "/etc/slurm/slurmdbd.conf", "/opt/meridian/bin/resume", "/run/meridian-ready",
         "/home/ec2-user/.ssh/authorized_keys", "/home/alice/work", "/etc/ssh/ssh_host_ed25519_key", "/opt/meridian/key/ssh/ssh_host_ed25519_key.pub",
         "/etc/sssd/sssd.conf", "/opt/meridian/key/sssd.conf", "/etc/pam.d/sshd", "/etc/ssh/sshd_config.d/10-meridian-directory.conf", "/etc/meridian/no-ssh-keys"]
slurm = [line.split(":")[2:4] for line in read("/etc/passwd").splitlines() if line.startswith("slurm:")]
print(json.dumps({"code": int(sys.argv[1]), "seconds": float(sys.argv[3]), "output": read(scratch + "/output"), "console": read(scratch + "/console"), "calls": read(scratch + "/calls").splitlines(),
                  "built": read(scratch + "/built").splitlines(), "manifest": (read("/etc/meridian-image") or "").splitlines(),
                  "slurm": slurm, "files": {path: read(path) for path in files}}))
P
