#!/bin/bash
set -e
readonly SERVER="ubuntu@host"
readonly DEST="/home/ubuntu/app"
log() { local level=$1; shift; printf '[%s] %s\n' "$level" "$*"; }
die() { log ERROR "$@"; exit 1; }
remote() { ssh -q "$SERVER" "$@"; }
require() { command -v "$1" >/dev/null 2>&1 || die "$1 is missing"; }
require rsync
require ssh
[[ -d src ]] || die "no src"
[[ -d build ]] || mkdir build
log INFO "copying"
remote "mkdir -p $DEST/src"
scp -r src/. "$SERVER:$DEST/src/"
if remote "curl -fsS http://localhost:3000/health" ; then log INFO ok; else die "not healthy"; fi
