#!/bin/sh
set -e
scp -r src ubuntu@host:app/
ssh ubuntu@host <<'EOF'
cd app
docker compose -f compose.prod.yml pull || true
docker-compose up -d --build --remove-orphans
docker rm -f proxy 2>/dev/null || true
docker run -d --name proxy --network host example/proxy:1
docker compose logs --tail 5
docker image prune -f
EOF
