#!/bin/bash
set -e
SHA=$(git rev-parse --short HEAD)
sed -i "s/__VERSION__/$SHA/" dist/index.html
awk '{print}' dist/app.js > dist/app2.js
ssh ubuntu@host "sed -i.bak 's/a/b/' app/index.js && grep -q b app/index.js || cp app/index.js.bak app/index.js"
md5sum dist/* > dist/MD5
scp dist/* ubuntu@host:app/public/
