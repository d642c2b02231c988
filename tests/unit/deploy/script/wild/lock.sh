#!/bin/bash
set -e
exec 9>/tmp/deploy.lock
flock -n 9 || { echo busy; exit 1; }
mkdir -p out && cp -r src out/ && (cd out && zip -qr ../out.zip .)
rsync -az -e "ssh -p 2222" out/src/ ubuntu@host:app/src/
ssh -p 2222 ubuntu@host 'cd app && composer install --no-dev && php artisan migrate --force && php artisan config:cache'
