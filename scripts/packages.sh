# Sourced by the other scripts: what this machine installs packages with, and whether that goes unasked.

# Prints the package manager's name, or nothing.
package_manager() {
    for manager in apt-get dnf apk brew; do
        if command -v "$manager" >/dev/null 2>&1; then
            echo "$manager"
            return
        fi
    done
}

# install_line MANAGER PACKAGE...: what a person would type.
install_line() {
    manager=$1
    shift
    case $manager in
        apt-get) echo "apt-get install --yes --no-install-recommends $*" ;;
        dnf) echo "dnf install --assumeyes $*" ;;
        apk) echo "apk add $*" ;;
        brew) echo "brew install $*" ;;
    esac
}

# as_root COMMAND...: runs it as root, or as who we are where the manager is brew. Fails where a password is needed.
as_root() {
    if [ "$(id -u)" = 0 ] || [ "$1" = brew ]; then
        "$@" </dev/null >&2
    else
        sudo -n "$@" </dev/null >&2
    fi
}

may_install() {
    [ "$(id -u)" = 0 ] || [ "$1" = brew ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

# run_install MANAGER PACKAGE...
run_install() {
    line=$(install_line "$@")
    echo "$line" >&2
    if [ "$1" = apt-get ]; then
        as_root env DEBIAN_FRONTEND=noninteractive $line
    else
        as_root $line
    fi
}

# install_packages PACKAGE...: installs without a question. Where that cannot be it says the line, and fails.
install_packages() {
    manager=$(package_manager)
    if [ -z "$manager" ]; then
        echo "No package manager that is known here; install by hand: $*" >&2
        return 1
    fi
    if ! may_install "$manager"; then
        echo "Not installed, since that needs root. The line is: sudo $(install_line "$manager" "$@")" >&2
        return 1
    fi
    run_install "$manager" "$@" && return
    if [ "$manager" = apt-get ]; then # the lists may be absent on a new machine, or name versions that are gone
        as_root apt-get update
        run_install "$manager" "$@" && return
    fi
    failed=0
    for package in "$@"; do # one that is not to be had need not take the others with it
        run_install "$manager" "$package" || failed=1
    done
    [ "$failed" = 0 ] || echo "That failed. The line is: $(install_line "$manager" "$@")" >&2
    return "$failed"
}
