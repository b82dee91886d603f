#!/bin/bash
# Turns a stock image into a node of a Meridian cluster, or into a ready image. Usage: bootstrap.sh head|compute|login|image
# Everything particular to the cluster is in /etc/meridian/node.json, written by the user data.
set -euo pipefail
role=$1
exec > >(tee -a /var/log/meridian-bootstrap.log) 2>&1
value() { python3 -IS -c 'import json,sys; v=json.load(open(sys.argv[1])).get(sys.argv[2]); print("" if v is None else v if isinstance(v,str) else json.dumps(v))' "$1" "$2"; }
setting() { value /etc/meridian/node.json "$1"; }
imds() { local t; t=$(curl -sfX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300'); curl -sf -H "X-aws-ec2-metadata-token: $t" "http://169.254.169.254/latest/meta-data/$1"; }
has() { command -v "$1" >/dev/null 2>&1; }
release() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" /etc/os-release; }

region=$(setting region); bucket=$(setting bucket); prefix=$(setting prefix); head=$(cat /etc/meridian/head-address 2>/dev/null || true)
os=$(release ID); version=$(release VERSION_ID); version=${version%%.*}
export AWS_DEFAULT_REGION=$region DEBIAN_FRONTEND=noninteractive
proxy=$(setting proxy); if [ -n "$proxy" ]; then export http_proxy=$proxy https_proxy=$proxy no_proxy=169.254.169.254; fi
# Amazon Linux has no Slurm package, and that of Ubuntu 22.04 does not know the control groups of its own system.
builds() { [ "$os" = amzn ] || [ "$os$version" = ubuntu22 ]; }

# A ready image says what it holds, a line each, and that is not installed again. A node takes an image that lacks something,
# or has another version of it, for what it is: it installs the rest. Usage: once WHAT COMMAND...
manifest=/etc/meridian-image
once() {
  if grep -qsxF "$1" "$manifest"; then return 0; fi
  "${@:2}"
  [ "$role" != image ] || echo "$1" >> "$manifest"
}

# What no package manager verifies runs only where it is what its checksum says, or what its maker signed. A cluster without
# a way to the internet has copies in its mirror, at the same path below the name of their host.
download() { # URL FILE
  local mirror; mirror=$(setting mirror)
  if [ -n "$mirror" ]; then aws s3 cp --quiet "s3://$mirror/${1#https://}" "$2"; else curl -sSfL --proto '=https' "$1" -o "$2"; fi
}

checked() { # URL SHA256 FILE
  download "$1" "$3"
  printf '%s  %s\n' "$2" "$3" | sha256sum --check --status || { rm -f "$3"; echo "$1 was refused: its SHA-256 is not $2" >&2; return 1; }
}

# The whole fingerprint of the primary key, as the maker documents it. A signature by another key that came along is none.
signed() { # URL KEY-URL FINGERPRINT FILE
  local keys valid=yes; keys=$(mktemp -d)
  download "$1" "$4"; download "$1.sig" "$keys/signature"; download "$2" "$keys/key"
  gpg --homedir "$keys" --batch --quiet --import "$keys/key"
  gpg --homedir "$keys" --batch --status-fd 1 --verify "$keys/signature" "$4" 2>/dev/null > "$keys/status" || valid=no
  awk -v key="$3" '$2 == "VALIDSIG" && $NF == key { found = 1 } END { exit !found }' "$keys/status" || valid=no
  rm -rf "$keys"
  [ "$valid" = yes ] || { rm -f "$4"; echo "$1 was refused: it is not signed by the key $3" >&2; return 1; }
}

# A key for a package manager, which verifies what it installs by it.
known_key() { # URL FINGERPRINT FILE
  download "$1" "$3"
  [ "$(gpg --batch --show-keys --with-colons "$3" | awk -F: '$1 == "pub" { n++ } $1 == "fpr" && !f { f = $10 } END { if (n == 1) print f }')" = "$2" ] ||
    { rm -f "$3"; echo "$1 was refused: it is not the key $2" >&2; return 1; }
}

# Slurm's messages carry user ids: `slurm` has the same one on every node, before a package picks its own.
users() {
  local log
  id slurm >/dev/null 2>&1 || { groupadd --system --gid 401 slurm; useradd --system --uid 401 --gid slurm --home-dir /var/lib/slurm --create-home slurm; }
  install -d -o slurm -g slurm /var/spool/slurm.state /var/spool/slurmd /var/spool/meridian
  for log in slurmctld slurmdbd meridian-daemon; do [ -e "/var/log/$log.log" ] || install -o slurm -g slurm -m 640 /dev/null "/var/log/$log.log"; done
}

# The default user's home, where it is to be each node's own instead of the shared one.
local_home() {
  local name home; [ "$(setting sharedHome)" != true ] || return 0
  for name in ec2-user ubuntu rocky; do
    home=$(getent passwd "$name" | cut -d: -f6)
    case $home in /home/*) install -d /local/home; usermod --home "/local/home/$name" --move-home "$name" ;; esac
  done
  [ ! -d /local/home ] || allow_local_homes
}

# Another list of packages is another thing to hold.
packages() { echo "packages $(setting openMpi) $(declare -f install_packages | cksum | cut -d' ' -f1)"; }

install_packages() {
  local slurm=(slurm-wlm slurmdbd libpmix-dev) mpi=()
  ! builds || slurm=(build-essential bzip2 pkg-config libmunge-dev libpam0g-dev libmariadb-dev libdbus-1-dev libreadline-dev libhwloc-dev libevent-dev)
  case $os in
    ubuntu|debian) apt-get update -q
      has_amazon_mpi || mpi=(openmpi-bin libopenmpi-dev)
      apt-get install -qy --no-install-recommends python3-boto3 munge nfs-common nfs-kernel-server mdadm iptables gcc g++ gfortran make "${slurm[@]}" "${mpi[@]}" ;;
    amzn) dnf install -qy nfs-utils mdadm iptables-nft gcc gcc-c++ gcc-gfortran make readline-devel perl pam-devel mariadb105-devel dbus-devel hwloc-devel libevent-devel
      dnf install -qy python3-boto3
      dnf install -qy munge munge-devel || build_munge ;;
    *) dnf install -qy epel-release || install_epel
      has_amazon_mpi || mpi=(openmpi openmpi-devel)
      dnf install -qy python3-boto3 munge nfs-utils mdadm iptables-nft gcc gcc-c++ gcc-gfortran make pmix slurm slurm-slurmctld slurm-slurmd slurm-slurmdbd "${mpi[@]}" ;;
  esac
}

# A program that was built on one node runs on all others only with the same Open MPI, so the cluster has one.
has_amazon_mpi() { [ "$(setting openMpi)" = efa ]; }

install_efa() { # [OPTION...]
  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-enable
  signed "https://efa-installer.amazonaws.com/aws-efa-installer-$(setting efaInstallerVersion).tar.gz" \
    https://efa-installer.amazonaws.com/aws-efa-installer.key 4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC /run/efa.tar.gz
  tar xzf /run/efa.tar.gz -C /usr/src
  (cd /usr/src/aws-efa-installer && ./efa_installer.sh -y "$@")
  rm -rf /usr/src/aws-efa-installer
}

# A machine that builds an image may have no interface of EFA, by which the installer would check its work.
add_efa() {
  local version; version=$(setting efaInstallerVersion)
  has_amazon_mpi || return 0
  if [ "$(setting efa)" = true ]; then
    local only=(); [ "$role" != image ] || only=(--no-verify)
    once "efa-driver $version" install_efa "${only[@]}"
  elif ! grep -qsxF "efa-driver $version" "$manifest"; then
    once "efa $version" install_efa --skip-kmod --skip-limit-conf --no-verify
  fi
}

# Users find `mpicc` and `mpirun` in every shell. EFA locks the memory that it sends from: of jobs Slurm sets the limit, of
# what comes over SSH the system does.
set_up_mpi() {
  cat > /etc/profile.d/meridian-mpi.sh <<'SH'
for directory in /opt/amazon/efa/bin /opt/amazon/openmpi/bin /usr/lib64/openmpi/bin; do
  case :$PATH: in *:$directory:*) ;; *) [ ! -d $directory ] || PATH=$directory:$PATH ;; esac
done
unset directory
SH
  # Not in an image, from which head nodes boot too.
  if [ "$role" = image ] || [ "$(setting efa)" != true ]; then return 0; fi
  install -d /etc/security/limits.d; printf '* soft memlock unlimited\n* hard memlock unlimited\n' > /etc/security/limits.d/meridian-efa.conf
  # Processes of one job read one another's memory, which Ubuntu forbids.
  [ "$os" != ubuntu ] || { echo kernel.yama.ptrace_scope=0 > /etc/sysctl.d/60-meridian-efa.conf; sysctl -qp /etc/sysctl.d/60-meridian-efa.conf; }
}

# Red Hat's own repositories lack it.
install_epel() {
  local key=FF8AD1344597106ECE813B918A3872BF3228467C; [ "$version" != 8 ] || key=94E279EB8D8F25B21810ADF121EA45AB2F86D6A1
  known_key "https://dl.fedoraproject.org/pub/epel/RPM-GPG-KEY-EPEL-$version" "$key" /run/epel.key; rpm --import /run/epel.key
  download "https://dl.fedoraproject.org/pub/epel/epel-release-latest-$version.noarch.rpm" /run/epel.rpm
  dnf install -qy --setopt=localpkg_gpgcheck=1 /run/epel.rpm
}

# Checksums of munge, PMIx, Slurm and efs-utils are those that ParallelCluster's cookbook publishes of the same versions.
build_munge() {
  dnf install -qy openssl-devel bzip2-devel zlib-devel autoconf automake libtool
  checked https://github.com/dun/munge/archive/munge-0.5.16.tar.gz fa27205d6d29ce015b0d967df8f3421067d7058878e75d0d5ec3d91f4d32bb57 /run/munge.tar.gz
  tar xzf /run/munge.tar.gz -C /usr/src
  (cd /usr/src/munge-munge-0.5.16 && ./bootstrap && ./configure -q --prefix=/usr --sysconfdir=/etc --localstatedir=/var --runstatedir=/run --with-systemdunitdir=/etc/systemd/system && make -sj "$(nproc)" && make -s install)
  id munge >/dev/null 2>&1 || useradd --system --home-dir /var/lib/munge munge
  install -d -m 700 -o munge -g munge /var/lib/munge /var/log/munge
  systemctl daemon-reload
}

# Where there is no package, the head node builds Slurm, unless its image has it, and shares it.
add_slurm() { ! builds || once "slurm $(setting slurmVersion)" build_slurm; }

build_slurm() {
  local slurm pmix=pmix-5.0.9; slurm=slurm-$(setting slurmVersion | tr . -)-1
  # What starts MPI programs. Beside Slurm, so that nodes mount both.
  checked "https://github.com/openpmix/openpmix/releases/download/v${pmix#pmix-}/$pmix.tar.gz" 11b9911aadaac590e5b02749caa618837de9fb644183c1bdc04378b54bf396bb /run/pmix.tar.gz
  tar xzf /run/pmix.tar.gz -C /usr/src
  (cd "/usr/src/$pmix" && ./configure -q --prefix=/opt/slurm/pmix --disable-static && make -sj "$(nproc)" && make -s install)
  checked "https://github.com/SchedMD/slurm/archive/$slurm.tar.gz" 06f4b837c3f7ec523a8924a5fee23d8305f20ca8ef3ad6128e128e87986821e4 /run/slurm.tar.gz
  tar xzf /run/slurm.tar.gz -C /usr/src
  (cd "/usr/src/slurm-$slurm" && ./configure -q --prefix=/opt/slurm --sysconfdir=/etc/slurm --with-pmix=/opt/slurm/pmix && make -sj "$(nproc)" && make -s install)
}

# Packages bring units of their own; a Slurm that was built has none.
slurm_units() {
  builds || return 0
  local program
  for program in "$@"; do sed "s/@PROGRAM@/$program/g" /opt/meridian/nodes/slurm-program.service > "/etc/systemd/system/$program.service"; done
  systemctl daemon-reload
}

fetch() { aws s3 sync --quiet --delete "s3://$bucket/$prefix/$1/" "$2"; }

secret() { aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }

# Whoever has the key is anyone to Slurm, so only the head node's role reads its secret, and only root of the other
# nodes reads the head node's share of it.
munge_key() {
  local arn key=/etc/munge/munge.key share=/run/meridian-key; arn=$(setting mungeKeySecretArn)
  install -d -m 700 -o munge -g munge /etc/munge
  if [ "$role" = head ]; then
    if [ -n "$arn" ]; then (umask 077; secret "$arn" | base64 -d > "$key")
    elif [ ! -s "$key" ]; then (umask 077; dd if=/dev/urandom of="$key" bs=1 count=1024 status=none); fi
    install -d -m 700 /opt/meridian/key; install -m 400 "$key" /opt/meridian/key/munge.key
    [ "$(setting loginNodes)" != true ] || make_host_keys
  else
    install -d -m 700 "$share"; mount -t nfs4 -o "$from_head,ro" "$head:/opt/meridian/key" "$share"
    install -m 400 "$share/munge.key" "$key"
    [ "$role" != login ] || take_host_keys "$share"
    umount "$share"
  fi
  chown munge:munge "$key"; chmod 400 "$key"
  systemctl enable --now munge; systemctl restart munge
}

# Mounts now, and at every start. Usage: add_mount TYPE SOURCE DIRECTORY OPTIONS
add_mount() {
  mkdir -p "$3"
  grep -qs " $3 " /etc/fstab || printf '%s %s %s %s,nofail 0 0\n' "$2" "$3" "$1" "$4" >> /etc/fstab
  mountpoint -q "$3" || mount "$3"
}

# A file system by what it is called for good, as devices change their names.
add_disk() { add_mount auto "UUID=$(blkid -s UUID -o value "$1")" "$2" "$3"; }

# From a port below 1024, which only root may use: the head node answers no other, so users cannot ask in another's name.
from_head=nfsvers=4.1,hard,nosuid,nodev,_netdev

# A login node asks each time for what was not there: the head node makes homes that it waits for.
[ "$role" != login ] || from_head+=,lookupcache=positive

# Usage: add_nfs DIRECTORY [ro]
add_nfs() { add_mount nfs4 "$head:$1" "$1" "$from_head${2:+,$2}"; }

# Usage: share DIRECTORY OPTIONS. A directory that is not a file system of its own is shared with subtree_check, without which
# a node that guesses the number of a file reads all of the head node's disk. Homes are not: a file that moves to another
# directory would be lost to whoever has it open.
share() { printf '%s *(%s)\n' "$1" "$2" >> /etc/exports; }

local_disks() {
  local directory disks; directory=$(setting ephemeralDirectory)
  mapfile -t disks < <(instance_disks)
  [ "${#disks[@]}" -gt 0 ] && [ -n "$directory" ] || return 0
  if [ "${#disks[@]}" -gt 1 ]; then mdadm --create /dev/md/ephemeral --run --level=0 --raid-devices="${#disks[@]}" "${disks[@]}"; disks=(/dev/md/ephemeral); fi
  mkfs.ext4 -q -F "${disks[0]}"; add_disk "${disks[0]}" "$directory" noatime; chmod 1777 "$directory"
}

install_lustre() {
  has mount.lustre && return 0
  case $os in
    amzn) dnf install -qy lustre-client ;;
    ubuntu) known_key https://fsx-lustre-client-repo-public-keys.s3.amazonaws.com/fsx-ubuntu-public-key.asc 9C36DD9C515F10DBC3AA835C5D5CCC3383A962E1 /usr/share/keyrings/fsx.asc
      echo "deb [signed-by=/usr/share/keyrings/fsx.asc] https://fsx-lustre-client-repo.s3.amazonaws.com/ubuntu $(release VERSION_CODENAME) main" > /etc/apt/sources.list.d/fsx.list
      apt-get update -q
      apt-get install -qy "lustre-client-modules-$(uname -r)" lustre-client-utils ||
        { echo "FSx has no Lustre client for the kernel $(uname -r) of this image: use an image with a kernel that https://docs.aws.amazon.com/fsx/latest/LustreGuide/lustre-client-matrix.html names" >&2; return 1; }
      # An update of the kernel would leave the node without its storage when it next starts.
      apt-mark hold linux-aws linux-image-aws linux-headers-aws || true ;;
    *) curl -sf -o /etc/yum.repos.d/aws-fsx.repo "https://fsx-lustre-client-repo.s3.amazonaws.com/el/$version/fsx-lustre-client.repo"
      dnf install -qy kmod-lustre-client lustre-client ;;
  esac
}

install_efs() {
  has mount.efs && return 0
  case $os in
    amzn) dnf install -qy amazon-efs-utils ;;
    # The installer that AWS offers elsewhere is neither signed nor of one version.
    *) case $os in
        ubuntu|debian) apt-get update -q; apt-get install -qy git binutils rustc cargo pkg-config libssl-dev gettext ;;
        *) dnf install -qy git rpm-build make rust cargo openssl-devel ;;
      esac
      checked https://github.com/aws/efs-utils/archive/v2.3.1.tar.gz ced12f82e76f9740476b63f30c49bd76cc00b6375e12a9f5f7ba852635c49e15 /run/efs-utils.tar.gz
      tar xzf /run/efs-utils.tar.gz -C /usr/src
      case $os in
        ubuntu|debian) (cd /usr/src/efs-utils-2.3.1 && ./build-deb.sh && apt-get install -qy ./build/amazon-efs-utils*.deb) ;;
        *) (cd /usr/src/efs-utils-2.3.1 && make rpm && dnf install -qy build/amazon-efs-utils*.rpm) ;;
      esac ;;
  esac
}

mount_storage() {
  /opt/meridian/bin/python3 /opt/meridian/nodes/mounts.py "$role" "$head" > /run/meridian-mounts.sh
  # shellcheck source=/dev/null
  . /run/meridian-mounts.sh
}

# The driver with open kernel modules, which all GPUs since 2018 take, from the repositories of the system.
install_nvidia() {
  case $os in
    # https://docs.aws.amazon.com/linux/al2023/ug/nvidia-driver.html
    amzn) dnf install -qy nvidia-release; dnf install -qy nvidia-open nvidia-fabric-manager ;;
    # https://documentation.ubuntu.com/aws/aws-how-to/instances/install-nvidia-drivers/
    ubuntu) apt-get install -qy --no-install-recommends linux-modules-nvidia-570-server-open-aws nvidia-headless-no-dkms-570-server-open nvidia-utils-570-server nvidia-fabricmanager-570 ;;
    *) echo "there is no driver of NVIDIA in the repositories of $os" >&2; return 1 ;;
  esac
}

# What asks a directory for users, and what makes their homes and keys.
install_directory() {
  case $os in
    ubuntu|debian) apt-get update -q; apt-get install -qy --no-install-recommends sssd-common sssd-ldap sssd-tools libnss-sss libpam-sss libpam-modules-bin ;;
    *) dnf install -qy sssd-common sssd-ldap sssd-tools authselect ;;
  esac
}

custom_action() {
  python3 - "$1" <<'PY'
import json, subprocess, sys, urllib.request
for action in json.load(open("/etc/meridian/node.json")).get("customActions", {}).get(sys.argv[1], []):
    path = "/run/meridian-action"
    if action["Script"].startswith("s3://"):
        subprocess.run(["aws", "s3", "cp", "--quiet", action["Script"], path], check=True)
    else:
        urllib.request.urlretrieve(action["Script"], path)
    subprocess.run(["chmod", "700", path], check=True)
    subprocess.run([path, *action.get("Args", [])], check=True)
PY
}

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html
cloudwatch_agent() { # PATH FILE
  local host=https://amazoncloudwatch-agent.s3.amazonaws.com
  signed "$host/$1" "$host/assets/amazon-cloudwatch-agent.gpg" 937616F3450B7D806CBD9725D58167303B789C72 "$2"
}

install_agent() {
  local architecture=amd64; [ "$(uname -m)" = x86_64 ] || architecture=arm64
  case $os in
    amzn) dnf install -qy amazon-cloudwatch-agent ;;
    ubuntu|debian) cloudwatch_agent "ubuntu/$architecture/latest/amazon-cloudwatch-agent.deb" /run/agent.deb; dpkg -i /run/agent.deb ;;
    *) cloudwatch_agent "redhat/$architecture/latest/amazon-cloudwatch-agent.rpm" /run/agent.rpm; dnf install -qy /run/agent.rpm ;;
  esac
}

# Logs and the memory and disk of the node go to CloudWatch; on the node they are rotated weekly.
logs() {
  local group; group=$(setting logGroup)
  if [ "$(setting logRotation)" = true ]; then
    printf '/var/log/slurm*.log /var/log/meridian*.log {\n weekly\n rotate 6\n compress\n missingok\n copytruncate\n}\n' > /etc/logrotate.d/meridian
  fi
  [ -n "$group" ] || return 0
  once agent install_agent
  python3 - "$group" > /opt/aws/amazon-cloudwatch-agent/etc/meridian.json <<'PY'
import json, sys
files = ["slurmctld", "slurmdbd", "slurmd", "meridian-daemon", "meridian-bootstrap", "cloud-init-output"]
print(json.dumps({
    "metrics": {"append_dimensions": {"InstanceId": "${aws:InstanceId}"}, "aggregation_dimensions": [["InstanceId"], ["InstanceId", "path"]],
                "metrics_collected": {"mem": {"measurement": ["mem_used_percent"]}, "disk": {"measurement": ["disk_used_percent"], "resources": ["/"]}}},
    "logs": {"logs_collected": {"files": {"collect_list": [
        {"file_path": f"/var/log/{name}.log", "log_group_name": sys.argv[1], "log_stream_name": f"{{instance_id}}.{name}"} for name in files]}}}}))
PY
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/meridian.json
}

# Only root may ask for the node's credentials, and Slurm, whose daemon launches instances.
secure_imds() {
  [ "$(setting securedImds)" = true ] || return 0
  cp /opt/meridian/nodes/meridian-imds.service /etc/systemd/system/; systemctl daemon-reload; systemctl enable --now meridian-imds
}

# Nodes know one another by short names, which the cluster's private zone holds.
search_domain() {
  local domain; domain=$(value /etc/meridian/fleet.json domain)
  [ -n "$domain" ] || return 0
  if systemctl is-active --quiet systemd-resolved; then
    install -d /etc/systemd/resolved.conf.d; printf '[Resolve]\nDomains=%s\n' "$domain" > /etc/systemd/resolved.conf.d/meridian.conf
    systemctl restart systemd-resolved
  elif has nmcli; then
    nmcli connection modify "$(nmcli -g NAME connection show --active | head -n 1)" +ipv4.dns-search "$domain"; nmcli networking off; nmcli networking on
  fi
}

head_node() {
  local include database program directory built=()
  add_slurm
  hostnamectl set-hostname "$(setting hostName)"
  install -d /opt/meridian/shared /etc/slurm; cp /opt/meridian/nodes/mounts.json /opt/meridian/shared/
  [ ! -e /opt/meridian/nodes/prolog.sh ] || install -m 755 /opt/meridian/nodes/prolog.sh /opt/meridian/shared/
  fetch slurm /etc/slurm; aws s3 cp --quiet "s3://$bucket/$prefix/fleet.json" /etc/meridian/fleet.json; search_domain
  include=$(setting slurmIncludeFile)
  case $include in s3://*) aws s3 cp --quiet "$include" /etc/slurm/meridian_custom.conf ;; https://*) curl -sfo /etc/slurm/meridian_custom.conf "$include" ;; esac
  [ ! -d /opt/slurm ] || built=(/opt/slurm)
  : > /etc/exports
  for directory in /opt/meridian/shared /etc/slurm "${built[@]}"; do share "$directory" ro,root_squash,subtree_check; done
  share /opt/meridian/key ro,no_root_squash,subtree_check
  mounts_at /home || share /home rw,root_squash,no_subtree_check
  # Nodes wait for the first share, so all are there before the server starts.
  munge_key; mount_storage; allow_shared_homes; join_directory
  exportfs -ra; systemctl enable --now nfs-server
  slurm_units slurmctld slurmdbd
  database=$(setting databaseSecretArn)
  if [ -n "$database" ]; then
    # The password stays outside what nodes mount.
    (umask 077; DB_PASSWORD=$(secret "$database") python3 -c 'import os, sys; sys.stdout.write(open("/etc/slurm/slurmdbd.conf.template").read().replace("@PASSWORD@", os.environ["DB_PASSWORD"]))' > /etc/meridian/slurmdbd.conf)
    chown slurm: /etc/meridian/slurmdbd.conf; ln -sf /etc/meridian/slurmdbd.conf /etc/slurm/slurmdbd.conf; systemctl enable --now slurmdbd
  fi
  for program in resume suspend resume-failed; do
    printf '#!/bin/sh\nexport PATH=/opt/slurm/bin:/usr/bin:/bin\nexec python3 /opt/meridian/daemon/meridian_hpc.py %s "$@"\n' "$program" > "/opt/meridian/bin/$program"; chmod 755 "/opt/meridian/bin/$program"
  done
  for program in meridian-hpc meridian-update meridian-directory; do
    [ -n "$proxy" ] || break
    install -d "/etc/systemd/system/$program.service.d"
    printf '[Service]\nEnvironment=http_proxy=%s https_proxy=%s no_proxy=169.254.169.254\n' "$proxy" "$proxy" > "/etc/systemd/system/$program.service.d/proxy.conf"
  done
  cp /opt/meridian/nodes/meridian-hpc.service /opt/meridian/nodes/meridian-update.* /etc/systemd/system/; systemctl daemon-reload
  imds instance-id > /etc/meridian/instance-id
  cp /opt/meridian/nodes/meridian-leave.service /etc/systemd/system/; systemctl daemon-reload; systemctl enable --now meridian-leave
  systemctl enable --now slurmctld meridian-hpc meridian-update.timer
}

compute_node() {
  local name _; for _ in $(seq 60); do add_nfs /opt/meridian/shared ro && break; sleep 5; done
  mountpoint -q /opt/meridian/shared
  aws s3 cp --quiet "s3://$bucket/$prefix/fleet.json" /etc/meridian/fleet.json; search_domain
  add_nfs /etc/slurm ro
  ! builds || add_nfs /opt/slurm ro
  mounts_at /home || add_nfs /home
  munge_key; mount_storage; allow_shared_homes; join_directory
  [ "$role" = compute ] || return 0
  name=$(python3 /opt/meridian/daemon/meridian_hpc.py own-name "$(imds instance-id)")
  [ "$(setting ec2HostNames)" = true ] || hostnamectl set-hostname "$name"
  printf 'SLURMD_OPTIONS="-N %s"\nPATH=/opt/slurm/sbin:/opt/slurm/bin:/usr/sbin:/usr/bin:/sbin:/bin\n' "$name" > /etc/default/slurmd; install -d /etc/sysconfig; cp /etc/default/slurmd /etc/sysconfig/slurmd
  slurm_units slurmd
  # From its own disk: it is there for the time when the head node's shares cannot be read.
  cp /opt/meridian/nodes/watch.sh /etc/meridian/; cp /opt/meridian/nodes/meridian-watch.* /etc/systemd/system/
  systemctl daemon-reload; systemctl enable --now meridian-watch.timer
  # The driver makes the devices that gres.conf names when it is first asked.
  ! has nvidia-smi || nvidia-smi > /dev/null || true
}

# What takes time of a boot, and is the same for every node. Nothing of the cluster's stays: no settings, no keys, no logs.
ready_image() {
  local what; rm -f "$manifest"
  users; once "$(packages)" install_packages; add_efa; add_slurm; set_up_mpi
  once agent install_agent
  for what in $(setting imageHolds); do once "$what" "install_$what"; done
  for what in munge slurmctld slurmd slurmdbd; do systemctl disable --now "$what" || true; done
  rm -rf /etc/munge/munge.key /etc/meridian /opt/meridian /var/log/meridian-bootstrap.log
  cat "$manifest"
}

if [ "$role" = image ]; then ready_image; exit 0; fi
mkdir -p /opt/meridian/bin
[ "$(setting threadsOff)" != true ] || echo off > /sys/devices/system/cpu/smt/control
users; once "$(packages)" install_packages; add_efa; set_up_mpi
# shellcheck disable=SC2016
! builds || echo 'PATH=/opt/slurm/bin:$PATH' > /etc/profile.d/slurm.sh
if [ "$role" = compute ] && [ "$(setting sudo)" = false ]; then rm -f /etc/sudoers.d/90-cloud-init-users; fi
fetch daemon /opt/meridian/daemon; fetch nodes /opt/meridian/nodes
# shellcheck source=modules/hpc-cluster/nodes/storage.sh
. /opt/meridian/nodes/storage.sh
join_directory() { :; }; settle_directory() { :; }
# shellcheck source=modules/hpc-cluster/directory/directory.sh
[ "$(setting directory)" != true ] || . /opt/meridian/nodes/directory.sh
ln -sf "$(command -v python3)" /opt/meridian/bin/python3
secure_imds; local_home; logs; local_disks; custom_action OnNodeStart
case $role in head) head_node ;; *) compute_node ;; esac
custom_action OnNodeConfigured; settle_directory
[ "$role" != compute ] || systemctl enable --now slurmd
touch /run/meridian-ready
# The group counts a login node in now, instead of when its hook runs out.
if [ "$role" = login ]; then
  aws autoscaling complete-lifecycle-action --auto-scaling-group-name "$(setting autoScalingGroup)" --lifecycle-hook-name boot \
    --lifecycle-action-result CONTINUE --instance-id "$(imds instance-id)" || true
fi
