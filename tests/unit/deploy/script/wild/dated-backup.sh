#!/bin/bash
ssh -o StrictHostKeyChecking=no ubuntu@host << 'ENDSSH'
set -e
cd /home/ubuntu/app
cp -a src src.bak-$(date +%F)
find . -maxdepth 1 -name 'src.bak-*' -mtime +7 -exec rm -rf {} +
find logs -type f -mtime +7 -delete
ENDSSH
scp -r src/* ubuntu@host:/home/ubuntu/app/src/
