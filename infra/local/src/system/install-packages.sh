#!/bin/sh
# Installs Debian packages and leaves no service of theirs started or enabled that was not before:
# the shop runs instances of its own, with its own configuration. Needs root.
#   sh install-packages.sh nginx redis-server
set -eu

policy=/usr/sbin/policy-rc.d
mark='# placed by emall while it installs packages'
before=$(mktemp)
after=$(mktemp)

# Everything that makes a service start at boot: units wanted by a target, aliases, SysV links.
enabled() {
  find /etc/systemd/system /etc/rc?.d -mindepth 1 \( -type l -o -type f \) 2>/dev/null | sort
}

running() {
  [ -d /run/systemd/system ] && systemctl is-active --quiet "$1" 2>/dev/null
}

placed_by_us() {
  [ -f "$policy" ] && grep -qF "$mark" "$policy"
}

restore() {
  status=$?
  trap - EXIT
  if placed_by_us; then rm -f "$policy"; fi
  enabled > "$after"
  comm -13 "$before" "$after" | while IFS= read -r link; do
    # A regular file is a unit somebody wrote; packages only add links.
    if [ -L "$link" ]; then rm -f "$link"; fi
  done
  if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
  for package in $idle; do
    if running "$package"; then systemctl stop "$package" || true; fi
    if running "$package"; then echo "install-packages: $package was started by its package and could not be stopped" >&2; status=1; fi
  done
  enabled > "$after"
  left=$(comm -13 "$before" "$after")
  if [ -n "$left" ]; then echo "install-packages: left enabled: $left" >&2; fi
  rm -f "$before" "$after"
  exit "$status"
}

idle=
for package in "$@"; do running "$package" || idle="$idle $package"; done
# An earlier run that was killed may have left its own policy behind.
if placed_by_us; then rm -f "$policy"; fi
enabled > "$before"
trap restore EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" > "$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
install() {
  # Another installation may hold dpkg's lock for a while: wait for it instead of failing.
  apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@"
}

# Refreshing the lists takes longer than most installations: only when they are missing or stale.
if ! install "$@"; then
  apt-get update -o DPkg::Lock::Timeout=120
  install "$@"
fi
