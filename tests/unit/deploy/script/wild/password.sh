export SSHPASS=$DEPLOY_PASSWORD
sshpass -e rsync -az src/ ubuntu@host:app/src/
sshpass -p "$DEPLOY_PASSWORD" ssh ubuntu@host 'source ~/.nvm/nvm.sh && cd app && pm2 startOrReload ecosystem.config.cjs --update-env'
