#!/bin/bash
set -euo pipefail
FILES=(src package.json)
EXCLUDES=(--exclude=.git --exclude=node_modules)
HOSTS=("ubuntu@host")
for h in "${HOSTS[@]}"; do
  rsync -az "${EXCLUDES[@]}" "${FILES[@]}" "$h:/home/ubuntu/app/"
  ssh "$h" "sudo service app restart"
done
