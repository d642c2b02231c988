#!/usr/bin/env bash
set -euo pipefail
HOST=ubuntu@host
APP=/home/ubuntu/app
RELEASE=$(date +%Y%m%d%H%M%S)
tar czf /tmp/release.tgz -C dist .
scp /tmp/release.tgz "$HOST:/tmp/release.tgz"
ssh "$HOST" bash -s <<EOF
set -euo pipefail
mkdir -p $APP/releases/$RELEASE
tar xzf /tmp/release.tgz -C $APP/releases/$RELEASE
ln -sfn $APP/shared/.env $APP/releases/$RELEASE/.env
ln -sfn $APP/releases/$RELEASE $APP/current
sudo systemctl restart app
ls -1dt $APP/releases/* | tail -n +6 | xargs -r rm -rf
EOF
