#!/bin/bash
# Runs scenario.sh as root of a machine of its own, with a kernel of Debian, because a container has no NFS server and no
# firewall. The answers that the scenario prints come out. Usage: machine.sh DIRECTORY, which holds what is to lie
# in /test of the machine. Needs qemu-system-x86, linux-image-cloud-amd64, nfs-kernel-server and iptables.
set -euo pipefail
directory=$1; here=$(dirname "$(realpath "$0")"); export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
version=$(find /lib/modules -mindepth 1 -maxdepth 1 -name '*-cloud-amd64' -printf '%f\n' | sort -V | tail -n 1)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# Copies programs, and the libraries that they need, to where they lie on a Debian without a /usr of its own.
copy() {
  local root=$1 file; shift
  for file in "$@"; do
    file=$(realpath -s "$(type -P "$file" || echo "$file")"); file=${file/#\/bin\//\/usr\/bin\/}; file=${file/#\/sbin\//\/usr\/sbin\/}
    [ -e "$root$file" ] || install -D "$file" "$root$file"
    ldd "$file" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
      library=${library/#\/lib/\/usr\/lib}; [ -e "$root$library" ] || install -D "$library" "$root$library"
    done || true
  done
}

# A root that every part of the machine has: directories, links, and modules of the kernel with what they depend on.
base() {
  local root=$1 name module; shift
  mkdir -p "$root"/{usr/bin,usr/sbin,usr/lib,usr/lib64,proc,sys,dev,tmp,run,root}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  for name in "$@"; do
    modprobe -S "$version" --show-depends "$name" | awk '$1 == "insmod" {print $2}'
  done | sort -u | while read -r module; do install -D -m 644 "$module" "$root/usr$(realpath "$module" | sed 's#^/usr##')"; done
  for name in dep dep.bin alias alias.bin symbols symbols.bin softdep builtin builtin.bin builtin.alias.bin builtin.modinfo order; do
    [ ! -e "/lib/modules/$version/modules.$name" ] || install -D -m 644 "/lib/modules/$version/modules.$name" "$root/usr/lib/modules/$version/modules.$name"
  done
}

base "$work/disk" nfsd nfsv4 overlay veth nf_tables nft_compat xt_owner ipt_REJECT virtio_net
copy "$work/disk" bash awk base64 basename blkid cat chmod chown cp curl cut date dd dirname dmesg env exportfs find findmnt getent grep \
  groupadd head id install ip kmod ln ls lsblk mkdir mkfs.ext4 mktemp mount mount.nfs mountpoint mv nproc printf python3.11 readlink \
  realpath rm rpc.mountd rpc.nfsd sed seq setpriv sha256sum sleep sort stat sync tail tee test timeout touch tr umount uname unshare useradd usermod
copy "$work/disk" /usr/sbin/xtables-nft-multi /usr/lib/x86_64-linux-gnu/libnss_files.so.2 /usr/lib/x86_64-linux-gnu/xtables/lib{xt_owner,ipt_REJECT,xt_standard}.so
cp -a /usr/lib/python3.11 "$work/disk/usr/lib/"; rm -rf "$work"/disk/usr/lib/python3.11/{test,idlelib,ensurepip,lib2to3,pydoc_data,tkinter}
find "$work/disk/usr/lib/python3.11/lib-dynload" -name '*.so' | while read -r module; do copy "$work/disk" "${module#"$work/disk"}"; done
for link in bash:bin/sh python3.11:bin/python3 kmod:bin/lsmod; do ln -sf "${link%%:*}" "$work/disk/usr/${link#*:}"; done
ln -sf ../bin/kmod "$work/disk/usr/sbin/modprobe"; ln -sf mount.nfs "$work/disk/usr/sbin/mount.nfs4"; ln -sf xtables-nft-multi "$work/disk/usr/sbin/iptables"
mkdir -p "$work"/disk/{etc/{systemd/system,logrotate.d,profile.d,default,sudoers.d,exports.d},home,opt,var/lib/nfs/v4recovery,var/log,var/spool,local,usr/src}
printf 'root:x:0:0::/root:/bin/bash\nubuntu:x:1000:1000::/home/ubuntu:/bin/bash\nalice:x:1001:1001::/home/alice:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n' > "$work/disk/etc/passwd"
printf 'root:x:0:\nubuntu:x:1000:\nalice:x:1001:\nnogroup:x:65534:\n' > "$work/disk/etc/group"
touch "$work"/disk/etc/{shadow,gshadow,fstab,exports} "$work/disk/var/lib/nfs/"{etab,rmtab,state}
printf 'passwd: files\ngroup: files\nhosts: files\n' > "$work/disk/etc/nsswitch.conf"; echo '127.0.0.1 localhost' > "$work/disk/etc/hosts"
for file in protocols services netconfig mke2fs.conf nfs.conf login.defs; do [ ! -e "/etc/$file" ] || cp "/etc/$file" "$work/disk/etc/"; done
cp -r "$directory" "$work/disk/test"; cp "$here"/{scenario.sh,ask.py,nfs.py,../boot.sh} "$work/disk/test/"; chmod 755 "$work/disk" "$work/disk/test"
truncate -s 1G "$work/disk.img"; mke2fs -q -t ext4 -d "$work/disk" "$work/disk.img"; truncate -s 64M "$work/volume.img"

base "$work/start" virtio_pci virtio_blk
copy "$work/start" bash mount kmod switch_root; ln -s ../bin/kmod "$work/start/usr/sbin/modprobe"
printf '#!/bin/bash\nexport PATH=/usr/bin:/usr/sbin\nmount -t devtmpfs none /dev; mount -t proc none /proc; mount -t sysfs none /sys\nmodprobe virtio_pci; modprobe virtio_blk\nmount /dev/vda /root; exec switch_root /root /bin/bash /test/scenario.sh\n' > "$work/start/init"
chmod 755 "$work/start/init"
(cd "$work/start" && find . | cpio --quiet -o -H newc) > "$work/start.cpio"

[ -z "${MACHINE_LOG:-}" ] || exec 2>>"$MACHINE_LOG"
timeout 600 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1024 -nodefaults -no-user-config -display none -no-reboot \
  -kernel "/boot/vmlinuz-$version" -initrd "$work/start.cpio" -append "console=ttyS0 quiet panic=-1 no_timer_check random.trust_cpu=on mitigations=off" \
  -serial "file:$work/console" -drive "file=$work/disk.img,format=raw,if=virtio,cache=unsafe" -drive "file=$work/volume.img,format=raw,if=virtio,cache=unsafe" ||
  { cat "$work/console" >&2; exit 1; }
[ -z "${MACHINE_LOG:-}" ] || cat "$work/console" >> "$MACHINE_LOG"
tr -d '\r' < "$work/console" | grep -a '^{"head"' || { cat "$work/console" >&2; exit 1; }
