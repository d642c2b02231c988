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

# install_command MANAGER PACKAGE...: the line that a person would type.
install_command() {
    manager=$1
    shift
    case $manager in
        apt-get) echo "apt-get install --yes --no-install-recommends $*" ;;
        dnf) echo "dnf install --assumeyes $*" ;;
        apk) echo "apk add $*" ;;
        brew) echo "brew install $*" ;;
    esac
}

# install_packages PACKAGE...: installs without a question. Where that cannot be it says the line, and fails.
install_packages() {
    manager=$(package_manager)
    if [ -z "$manager" ]; then
        echo "No package manager is known here; by your own: $*" >&2
        return 1
    fi
    line=$(install_command "$manager" "$@")
    as_root=
    if [ "$manager" != brew ] && [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
            echo "Not installed, since that needs root. The line is: sudo $line" >&2
            return 1
        fi
        as_root="sudo -n"
    fi
    echo "$line" >&2
    if [ "$manager" = apt-get ]; then
        as_root="$as_root env DEBIAN_FRONTEND=noninteractive"
        # The lists may be absent on a new machine, or name versions that are gone.
        $as_root $line </dev/null >&2 || { $as_root apt-get update </dev/null >&2 && $as_root $line </dev/null >&2; }
    else
        $as_root $line </dev/null >&2
    fi || {
        echo "That failed. The line is: $line" >&2
        return 1
    }
}
