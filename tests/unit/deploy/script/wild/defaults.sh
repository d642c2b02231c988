#!/usr/bin/env bash
set -euo pipefail
HOST="${DEPLOY_HOST:-ubuntu@host}"
DIR="${DEPLOY_DIR:-app}"
FOLDER="${DEPLOY_FOLDER:-src}"
rsync -az --delete "$FOLDER/" "$HOST:$DIR/$FOLDER/"
