#!/bin/bash
set -eu
ssh ubuntu@host <<'X'
set -e
cd ~/app
[ -d releases/2 ] && rm -rf releases/2
mkdir -p releases/2
cp -R releases/1/. releases/2/
ln -s releases/2 current.tmp && mv -Tf current.tmp current
test -L current
du -sh releases | tee -a logs/deploy.log
chown -R www-data:www-data releases/2
find releases/2 -type d -exec chmod 755 {} \;
find releases/2 -type f -print0 | xargs -0 chmod 644
X
