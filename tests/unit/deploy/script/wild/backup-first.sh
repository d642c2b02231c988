#!/bin/bash
# the whole application is packed first, its dependencies too, which no scan goes through
set -e
ssh ubuntu@host <<'EOF'
cd /home/ubuntu
tar czf "/tmp/before-$(date +%F-%H%M).tgz" app
find app -type d -exec chmod 755 {} +
rm -rf app/src
EOF
scp -r src ubuntu@host:app/
ssh ubuntu@host 'sudo cp app/unit.service /etc/systemd/system/; sudo systemctl daemon-reload; sudo systemctl restart app'
ssh ubuntu@host 'curl -s -m 3 -o /dev/null http://localhost:3000/ || wget -q --spider http://localhost:3000/ || true'
