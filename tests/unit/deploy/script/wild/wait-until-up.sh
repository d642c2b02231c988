#!/bin/bash
ssh ubuntu@host 'sudo systemctl stop app'
scp src/a.js ubuntu@host:app/src/a.js
ssh ubuntu@host 'sudo systemctl start app'
for i in {1..10}; do
  if curl -sf http://host:3000/; then echo up; exit 0; fi
  sleep 3
done
n=0
until ssh ubuntu@host 'systemctl is-active --quiet app' || [ $n -ge 5 ]; do n=$((n+1)); sleep 1; done
ssh ubuntu@host 'cd app && cp src/a.js src/a.js.broken; journalctl -u app -n 50'
exit 1
