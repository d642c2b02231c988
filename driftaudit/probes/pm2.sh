# Asks PM2 for what it runs. Read by /bin/sh from its input; writes nothing.
# `pm2 jlist` would start a daemon where none runs, so the daemon is looked for first.
home=${PM2_HOME:-$HOME/.pm2}
pid=$(cat "$home/pm2.pid" 2>/dev/null)
title() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || ps -p "$1" -o command= 2>/dev/null; }
is_daemon() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  case $(title "$1") in *"God Daemon"*) return 0 ;; esac
  return 1
}
if [ ! -S "$home/rpc.sock" ] || ! is_daemon "$pid"; then
  # Whose it is, where there is one of somebody else's.
  for file in $(grep -ls 'God Daemon' /proc/[0-9]*/cmdline 2>/dev/null); do
    other=${file#/proc/}
    is_daemon "${other%/cmdline}" && ls -ld "/proc/${other%/cmdline}" 2>/dev/null | awk '{print "other " $3}'
  done
  echo "daemon none $home"
  return 0
fi
echo "daemon $pid"

# A shell that is not one of login often has no PATH to it, least of all where nvm installed it.
node=$(readlink "/proc/$pid/exe" 2>/dev/null)
found=$(command -v pm2 2>/dev/null)
how="in PATH"
if [ -z "$found" ]; then
  how="beside the node that runs it"
  [ -n "$node" ] && [ -x "${node%/*}/pm2" ] && found=${node%/*}/pm2
fi
if [ -z "$found" ]; then
  how="in a usual place"
  for place in /usr/local/bin /usr/bin /opt/homebrew/bin /opt/node/bin /snap/bin \
    "$HOME"/.nvm/versions/node/*/bin "$HOME"/.volta/bin "$HOME"/.local/bin "$HOME"/.npm-global/bin \
    "$HOME"/.yarn/bin "$HOME"/.asdf/shims "$HOME"/.bun/bin "$HOME"/.local/share/pnpm; do
    [ -x "$place/pm2" ] && found=$place/pm2
  done
fi
if [ -z "$found" ]; then
  how="by the login shell"
  found=$(bounded "${SHELL:-/bin/sh}" -lc 'command -v pm2' 2>/dev/null | tail -n 1)
fi
case $found in /*) ;; *) echo "program none"; return 0 ;; esac

# Its first line asks for node by PATH: that of the daemon is the one that it was installed for.
PATH=${found%/*}${node:+:${node%/*}}:$PATH
# With these as they are here it asks for no newer version of itself, and leaves its file `touch` alone.
PM2_PROGRAMMATIC=true
unset PM2_DISCRETE_MODE PM2_SILENT
export PATH PM2_PROGRAMMATIC
echo "program $found $how"
echo "now $(date +%s)"
is_daemon "$(cat "$home/pm2.pid" 2>/dev/null)" || { echo "daemon none $home"; return 0; }
echo "jlist"
bounded "$found" jlist 2>/dev/null
