#!/bin/sh
# Installs the programs that the benchmark runs beside driftaudit, those that are missing.
set -eu

. "$(dirname "$0")/packages.sh"

sh "$(dirname "$0")/test-programs.sh" # git, rsync, ssh and sshd

packages=
for program in hashdeep rclone; do # the packages have the same names
    if ! command -v "$program" >/dev/null 2>&1; then
        packages="$packages $program"
    fi
done

if [ -n "$packages" ]; then
    echo "Missing for the benchmark:$packages"
    install_packages $packages || echo "Going on without; the benchmark leaves out what is not there, and says so."
fi
