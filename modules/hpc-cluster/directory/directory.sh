#!/bin/bash
# Joins a node to the cluster's directory, for bootstrap.sh, which runs this file in itself.

# Where people's sessions ask the head node for a home. Everyone may leave a request, and nobody see or remove another's.
home_requests=/home/.meridian-homes

join_directory() {
  local service
  once directory install_directory
  /usr/bin/python3 -IS /opt/meridian/nodes/directory.py
  ! has authselect || authselect select sssd --force
  cp /opt/meridian/nodes/meridian-directory.* /etc/systemd/system/; systemctl daemon-reload
  systemctl enable sssd; systemctl restart sssd; systemctl enable --now meridian-directory.timer
  [ "$role" != compute ] || return 0
  # People come with their password first. Of two settings sshd takes the first, and those of images have higher numbers.
  install -d /etc/ssh/sshd_config.d; echo 'PasswordAuthentication yes' > /etc/ssh/sshd_config.d/10-meridian-directory.conf
  install -m 755 /opt/meridian/nodes/session.sh /etc/meridian/session.sh
  [ "$(setting directorySshKeys)" = true ] || touch /etc/meridian/no-ssh-keys
  for service in sshd su sudo; do
    grep -qs /etc/meridian/session.sh "/etc/pam.d/$service" ||
      echo 'session optional pam_exec.so quiet seteuid /etc/meridian/session.sh' >> "/etc/pam.d/$service"
  done
  systemctl try-restart sshd || systemctl try-restart ssh
  [ "$role" = head ] || return 0
  install -d -m 1733 "$home_requests"
  cp /opt/meridian/nodes/meridian-homes.* /etc/systemd/system/; systemctl daemon-reload; systemctl enable --now meridian-homes.path
}

# Certificates and users may have come with the node's own scripts.
settle_directory() { systemctl restart sssd; }
