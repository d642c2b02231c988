#!/bin/sh
# Installs the programs that the tests run, those that are missing. A test whose program is not there says so.
set -eu

. "$(dirname "$0")/packages.sh"
PATH="$PATH:/usr/sbin:/sbin"

# package_of PROGRAM MANAGER
package_of() {
    case $1:$2 in
        sshd:dnf) echo openssh-server ;;
        sshd:apk) echo openssh-server ;;
        sshd:apt-get) echo openssh-server ;;
        ssh:apt-get) echo openssh-client ;;
        ssh:dnf) echo openssh-clients ;;
        ssh:apk) echo "openssh-client openssh-keygen" ;;
        sshd:brew | ssh:brew) echo openssh ;;
        npm:brew | node:brew) echo node ;;
        node:apt-get | node:dnf | node:apk) echo nodejs ;;
        busybox:apt-get) echo busybox-static ;;
        bsdtar:apt-get | bsdtar:apk) echo libarchive-tools ;;
        bsdtar:brew) echo libarchive ;;
        unshare:apk) echo util-linux-misc ;;
        unshare:*) echo util-linux ;;
        setpriv:apk) echo setpriv ;;
        setpriv:*) echo util-linux ;;
        xz:apt-get) echo xz-utils ;;
        *) echo "$1" ;;
    esac
}

programs="git sudo git-lfs patch rsync sshd ssh tcsh fish tar bsdtar gzip xz zstd zip unzip bash make node npm"
# Only root has powers to give up, and only Linux knows how to give up some of them.
if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ]; then
    programs="$programs setpriv"
fi

# A host that has BusyBox alone is a namespace of Linux.
if [ "$(uname -s)" = Linux ]; then
    programs="$programs busybox unshare"
fi

manager=$(package_manager)
packages=
for program in $programs; do
    if ! command -v "$program" >/dev/null 2>&1; then
        packages="$packages $(package_of "$program" "$manager")"
    fi
done

if [ -n "$packages" ]; then
    echo "Missing for the tests:$packages"
    install_packages $packages || echo "Going on without; the tests that need them will fail, and name them."
fi
