#!/bin/sh
# make-venv.sh FOLDER: a virtual environment by the first Python that is new enough.
set -eu

folder=$1
. "$(dirname "$0")/packages.sh"

# found_python TEST: the first interpreter that passes a test. Each is run: a shim of that name may lead nowhere.
found_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if "$name" -c "$1" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
}

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
complete="import ensurepip, venv; $new_enough"

if "$folder/bin/python" -c "import pip; $new_enough" >/dev/null 2>&1; then
    exit 0
fi

python=$(found_python "$complete")
if [ -z "$python" ]; then
    bare=$(found_python "$new_enough")
    if [ -z "$bare" ]; then
        echo "Python 3.11 or newer is needed, and none of python3.14 ... python3.11, python3 is one." >&2
        exit 1
    fi
    # Debian and Ubuntu keep `venv` and `ensurepip` in a package of their own.
    package=$("$bare" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    echo "$bare cannot make virtual environments: $package is missing." >&2
    install_packages "$package" || exit 1
    python=$bare
fi

"$python" -m venv --clear "$folder"
"$folder/bin/python" -c 'import sys; print("Python %d.%d.%d in %s" % (sys.version_info[:3] + (sys.prefix,)))'
