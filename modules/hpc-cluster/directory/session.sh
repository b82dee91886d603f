#!/bin/bash
# At the start of a session gives a user of the directory a home, and keys to get from node to node with. PAM runs it as root.
set -euo pipefail
[ "${PAM_TYPE:-}" = open_session ] || exit 0
user=${PAM_USER:-root}; requests=/home/.meridian-homes
# Whom the image has is not the directory's.
! getent -s files passwd -- "$user" > /dev/null || exit 0
IFS=: read -r _ _ _ _ _ home _ < <(getent passwd -- "$user")
[ -n "$home" ] || exit 0
if [ ! -d "$home" ]; then
  # Root of a node is nobody on the head node's shares, so there the head node makes the home.
  mkhomedir_helper "$user" 0077 2> /dev/null || : > "$requests/$user"
  for _ in $(seq 100); do [ ! -d "$home" ] || break; sleep 0.1; done
fi
[ ! -e /etc/meridian/no-ssh-keys ] || exit 0
# As the user: root must not write where a user can put links, and could not on a share.
# shellcheck disable=SC2016
setpriv --reuid "$user" --regid "$(id -g -- "$user")" --init-groups --inh-caps=-all env -i HOME="$home" PATH=/usr/bin:/bin bash -c '
  cd "$HOME" && [ ! -e .ssh ] || exit 0
  umask 077; mkdir .ssh
  ssh-keygen -q -t ed25519 -N "" -C "" -f .ssh/id_ed25519
  cp .ssh/id_ed25519.pub .ssh/authorized_keys'
