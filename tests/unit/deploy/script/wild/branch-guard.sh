#!/bin/bash
branch=$(git rev-parse --abbrev-ref HEAD)
if [ "$branch" != "main" ]; then echo "not on main"; exit 1; fi
if [ -n "$(git status --porcelain)" ]; then echo dirty; exit 1; fi
git fetch --tags && git pull --ff-only
COMMIT=$(git rev-parse --short HEAD)
echo "$COMMIT" > public/version.txt
scp public/version.txt ubuntu@host:app/public/
