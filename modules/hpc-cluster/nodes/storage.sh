#!/bin/bash
# Homes and disks of a node, for bootstrap.sh, which runs this file in itself.

# Whether the file mounts a storage of its own at DIRECTORY.
mounts_at() { python3 -IS -c 'import json, sys; sys.exit(all(one["directory"] != sys.argv[1] for one in json.load(open("/opt/meridian/shared/mounts.json"))))' "$1"; }

# A storage at /home hides the homes of the image, with the key of who administers the cluster: it gets those that it lacks.
keep_homes() { rm -rf /run/meridian-homes; cp -a /home /run/meridian-homes; }

give_homes() {
  local home name
  for home in /run/meridian-homes/*; do
    name=$(basename "$home")
    # Under its name only once it is whole, so that a boot that was cut off gives it again.
    [ ! -d "$home" ] || [ -e "/home/$name" ] || { rm -rf "/home/.$name.new"; cp -a "$home" "/home/.$name.new"; mv "/home/.$name.new" "/home/$name"; }
  done
  rm -rf /run/meridian-homes
}

# Red Hat's systems let sshd read keys in homes of their own disks only.
selinux() { has selinuxenabled && selinuxenabled; }
allow_shared_homes() { ! selinux || setsebool -P use_nfs_home_dirs on; }
allow_local_homes() { ! selinux || chcon --reference=/home /local /local/home; }

# Prints the device of VOLUME once it is attached. Nitro names it by the volume's id; on Xen only EC2 knows which it is.
attached() {
  local device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${1/-/} name
  until [ -e "$device" ]; do
    sleep "${MERIDIAN_LINGER:-1}"
    if [ "$(systemd-detect-virt || true)" = xen ]; then
      name=$(aws ec2 describe-instances --instance-ids "$(imds instance-id)" --output text \
        --query "Reservations[].Instances[].BlockDeviceMappings[?Ebs.VolumeId=='$1'].DeviceName")
      [ -z "$name" ] || device=${name/#\/dev\/sd//dev/xvd}
    fi
  done
  echo "$device"
}

# The disks of the machine itself. Nitro gives them a model; on Xen the metadata names them, as they are called in the API.
instance_disks() {
  local name device
  lsblk -dpno NAME,MODEL | awk '/Instance Storage/ {print $1}'
  [ "$(systemd-detect-virt || true)" = xen ] || return 0
  for name in $(imds block-device-mapping/ | grep '^ephemeral' || true); do
    device=$(imds "block-device-mapping/$name"); device=/dev/${device#/dev/}; device=${device/#\/dev\/sd//dev/xvd}
    # The metadata names disks too that the type does not have. Ubuntu mounts the first one at /mnt.
    [ -e "$device" ] || continue
    umount "$device" 2> /dev/null || true; sed -i "\\|^$device[[:space:]]|d" /etc/fstab
    echo "$device"
  done
}

# Login nodes of all pools have the same keys, which whoever comes back to their name has seen before.
make_host_keys() {
  local type keys=/opt/meridian/key/ssh
  install -d -m 700 "$keys"
  for type in rsa ecdsa ed25519; do
    [ -e "$keys/ssh_host_${type}_key" ] || ssh-keygen -q -t "$type" -N '' -f "$keys/ssh_host_${type}_key"
  done
}

take_host_keys() { # SHARE
  # A head node of an older version has none.
  [ -d "$1/ssh" ] || return 0
  install -m 600 "$1"/ssh/ssh_host_*_key /etc/ssh/; install -m 644 "$1"/ssh/ssh_host_*_key.pub /etc/ssh/
  ! has restorecon || restorecon -R /etc/ssh
  systemctl try-restart sshd || systemctl try-restart ssh
}
