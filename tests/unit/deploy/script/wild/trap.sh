#!/usr/bin/env bash
set -Eeuo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'echo "failed at line $LINENO" >&2' ERR
cleanup() { rm -f "$tmp"/x; }
trap cleanup INT TERM
tar -czf "$tmp/app.tgz" src package.json
scp "$tmp/app.tgz" ubuntu@host:/tmp/
ssh ubuntu@host 'cd app && tar -xzf /tmp/app.tgz && rm /tmp/app.tgz'
