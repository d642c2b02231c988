# Lists and hashes a tree with the tools of a POSIX host: GNU or BusyBox. Nothing is written there.
#
# It is sent over standard input, and so is all that it is told: a length in decimal, a line end, and that
# many bytes of calls of the functions below, which the client has quoted (frames.py). The answer is
# records: the mark, a letter, a text, a line end. A text may hold line ends, but not the mark, which is
# random. The letters stand in records.py. 0 for a length is the end. All that was said goes through a digest
# tool as well, and its sum is the record before the last; without that the client takes nothing for true.

facts='%f/%s/%Y/%y/%Z/%z/%d/%i/%u/%U/%n'

there() {
    [ -e "$1" ] || [ -L "$1" ]
}

# Whether a folder can be listed and entered. Asked by doing it: `test -r` believes root, whatever it may do.
open_to_us() {
    { :; } <"$1" && [ -e "$1/." ]
}

record() {
    printf '%s%s%s\n' "$mark" "$1" "$2"
}

# stats PATH...
stats() {
    stat -c "${mark}S$facts" "$@" 2>/dev/null && return
    for path in "$@"; do # each by itself, so that none is lost
        stat -c "${mark}S$facts" "$path" 2>/dev/null || missing "$path"
    done
    return 0
}

missing() {
    if there "$1" || { [ -d "${1%/*}" ] && [ ! -e "${1%/*}/." ]; }; then
        record U "$1"
    else
        record V "$1"
    fi
}

# folders PATH...
folders() {
    for path in "$@"; do
        open_to_us "$path" 2>/dev/null || { [ -d "$path" ] && record U "$path"; }
    done
    return 0
}

# walk FUNCTION NAME...: calls the function with all paths, without entering the folders of these names.
walk() {
    called=$1
    shift
    for name in "$@"; do
        set -- "$@" -o -name "$name"
        shift
    done
    find . \( ! -type d -o ! \( -name .git "$@" \) -o -prune \) $only_folders \
        -exec /bin/sh -c 'eval "$script"' sh "$called" {} +
}

# list NAME...
list() {
    errors=$({
        only_folders=
        walk stats "$@"
        first=$?
        only_folders='-type d'
        walk folders "$@" && [ $first -eq 0 ]
    } 2>&1 >&3)
    record L "$? $errors"
}

# A file that can be opened without waiting for anybody, and lies where its name says.
plain() {
    [ -f "$1" ] && [ ! -L "$1" ]
}

# bring PATH...: the contents of small files in a row. That takes one process, where an id takes two a file.
bring() {
    printf '%sC' "$mark"
    for path in "$@"; do
        plain "$path" || break
        path=
    done
    [ "$path" ] || cat "$@" 2>/dev/null
    echo
    stats "$@"
}

# ids SIZE PATH SIZE PATH...
ids() {
    left=$#
    while [ $left -gt 0 ]; do
        id_of "$1" "$2"
        path=$2
        shift 2
        set -- "$@" "$path"
        left=$((left - 2))
    done
    stats "$@"
}

# The git id of a file: that of a header and the content. What cat says of an error stands before the id.
id_of() {
    printf '%sF' "$mark"
    opened=
    if plain "$2"; then
        {
            opened=yes
            { printf 'blob %s\000' "$1"; exec cat 2>&3; } | $sum
        } 2>/dev/null <"$2"
    fi
    [ "$opened" ] || echo refused
}

# try PATH...: whether files could be read.
try() {
    for path in "$@"; do
        if plain "$path" && { :; } <"$path"; then record T yes; else record T no; fi
    done 2>/dev/null
}

# links PATH...
links() {
    for path in "$@"; do
        printf '%sK' "$mark"
        readlink -n "$path"
        echo
    done
}

# give BYTES NUMBER PATH...: of each file the block of so many bytes that has this number, or why there is none.
give() {
    bytes=$1 number=$2
    shift 2
    for path in "$@"; do
        if ! there "$path"; then
            missing "$path"
        elif ! straight "$path" || ! plain "$path"; then
            record O "$path"
        elif { :; } <"$path"; then
            printf '%sC' "$mark"
            dd if="$path" bs="$bytes" skip="$number" count=1
            echo
        else
            record U "$path"
        fi
    done 2>/dev/null
}

# Whether no link lies on the way to a path.
straight() {
    way=${1%/*}
    while [ "$way" != . ]; do
        [ ! -L "$way" ] || return 1
        way=${way%/*}
    done
}

# refs PATH: what the refs of a checkout name, its working trees and submodules included.
refs() {
    checkout "$1" 2>/dev/null
    record E "$1"
}

checkout() {
    for folder in "$1" "$1/refs" "$1/logs" "$1/logs/refs" "$1/worktrees" "$1"/worktrees/*; do
        if [ -d "$folder" ] && ! open_to_us "$folder"; then record Q 'Permission denied'; fi
    done
    there "$1/reftable" && record Q 'its refs are stored as a reftable, which is not read'
    for file in "$1/HEAD" "$1/packed-refs" "$1"/worktrees/*/HEAD; do
        content R "$file"
    done
    content W "$1/logs/refs/stash"
    if [ -d "$1/refs" ]; then
        find "$1/refs" ! -type d -exec /bin/sh -c 'eval "$script"' sh contents {} + ||
            record Q 'not all of its refs could be listed'
    fi
    if [ -d "$1/modules" ]; then modules "$1/modules"; fi
}

contents() {
    for file in "$@"; do
        content R "$file"
    done
}

content() {
    there "$2" || return 0
    if [ -L "$2" ] || [ ! -f "$2" ]; then
        record Q 'a ref that is no file'
        return 0
    fi
    printf '%s%s' "$mark" "$1"
    cat "$2" || failed=yes
    echo
    [ ! "$failed" ] || record Q 'Permission denied'
    failed=
}

# A submodule's git folder may lie some folders down. In a subshell, since it calls itself.
modules() (
    open_to_us "$1" || record Q 'Permission denied'
    if there "$1/HEAD"; then
        checkout "$1"
        exit
    fi
    for folder in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        if [ -d "$folder" ] && [ ! -L "$folder" ]; then modules "$folder"; fi
    done
)

# start MARK SUM ROOT
start() {
    mark=$1 sum=$2 root=$3
    export mark script
    for tool in find stat cat readlink date tee "$sum"; do
        command -v "$tool" >/dev/null 2>&1 || lacking "$tool"
    done
    [ "$(stat -c %s/%n / 2>/dev/null)" ] || lacking 'a stat that knows -c'
    # from /, for find wants to come back to where it began, which may be the home of somebody else
    (cd / && find / -prune -exec stat -c %f {} +) >/dev/null 2>&1 || lacking 'a find that knows -exec {} +'
    [ "$({ echo yes | tee /proc/self/fd/4 4>&4 >/dev/null; } 4>&1 2>/dev/null | cat)" ] ||
        lacking /proc/self/fd
    whole=$(printf 12 | dd bs=2 count=1 iflag=fullblock 2>/dev/null)
    summed
    exit
}

# The answers, and then their digest. By its descriptor tee can open a pipe, but no socket, such as sshd gives.
summed() {
    {
        digest=$(answers | tee /proc/self/fd/4 4>&4 | "$sum")
        record D "$digest"
        record Z ''
    } 4>&1 | cat
}

answers() {
    exec 3>&1
    printf '\n'
    reason=$(stat -c %f "$root/." 2>&1 >/dev/null)
    if cd -P "$root/." 2>/dev/null && { :; } <. 2>/dev/null; then
        record H "$(date +%s)/$(pwd -P && echo /)"
        record B ''
        serve
    else
        reason=${reason:-Permission denied}
        record X "${reason##*: }"
    fi
}

lacking() {
    printf '\n'
    record N "$1"
    record Z ''
    exit 0
}

take() {
    if [ "$whole" = 12 ]; then
        dd bs="$1" count=1 iflag=fullblock 2>/dev/null
    else # byte by byte, or it would take too much
        dd bs=1 count="$1" 2>/dev/null
    fi
}

serve() {
    while read -r size && [ "$size" != 0 ]; do
        eval "$(take "$size")"
        record B ''
    done
}

# The first call is `start`, which sees to the others.
begin() {
    LC_ALL=C TZ=UTC0
    export LC_ALL TZ
    read -r size && eval "$(take "$size")"
    exit 1
}

if [ $# -gt 0 ]; then
    "$@"
elif command -v nice >/dev/null 2>&1; then
    export script
    exec nice -n 10 /bin/sh -c "$script" sh begin
else
    begin
fi
