#!/usr/bin/env bash
set -euo pipefail
usage() { echo "usage: $0 [-e env] [-n]" >&2; exit 2; }
ENVIRONMENT=production
DRY=
while getopts "e:nh" opt; do
  case "$opt" in
    e) ENVIRONMENT=$OPTARG ;;
    n) DRY=--dry-run ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
read -r -p "Deploy to $ENVIRONMENT? [y/N] " answer
[[ $answer =~ ^[Yy]$ ]] || exit 1
rsync -a ${DRY:+"$DRY"} src/ ubuntu@host:/home/ubuntu/app/src/
