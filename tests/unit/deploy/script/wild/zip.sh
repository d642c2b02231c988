#!/bin/bash
set -a
[ -f .env ] && . ./.env
set +a
: "${DEPLOY_HOST:=ubuntu@host}"
: "${DEPLOY_PATH:=/home/ubuntu/app}"
VERSION=$(node -p "require('./package.json').version")
zip -qr "app-$VERSION.zip" dist
scp "app-$VERSION.zip" ubuntu@host:/tmp/app.zip
ssh ubuntu@host "cd /home/ubuntu/app && unzip -oq /tmp/app.zip -d public && rm -f /tmp/app.zip"
