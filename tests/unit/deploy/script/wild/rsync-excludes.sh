#!/bin/bash
set -e
cd "$(dirname "$0")"
npm ci
npm run build
rsync -avz --delete --exclude='.env' --exclude 'logs/' --exclude=node_modules ./dist/ ubuntu@host:/home/ubuntu/app/public/
ssh ubuntu@host 'cd /home/ubuntu/app && pm2 reload ecosystem.config.js --update-env'
echo "done"
