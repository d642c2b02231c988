#!/bin/sh
set -e
cd app 2>/dev/null || true
HOST=ubuntu@host
ssh $HOST "cd app && rm -rf public/* && ls -la"
scp -rp public/* $HOST:app/public/
ssh $HOST "chmod -R u=rwX,go=rX app/public; pm2 restart all || pm2 start app/ecosystem.config.js; pm2 save"
