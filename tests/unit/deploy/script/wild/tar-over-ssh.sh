#!/bin/bash
set -o errexit -o nounset
npm ci && npm run build && tar czf - -C dist . | ssh ubuntu@host 'cd /home/ubuntu/app && rm -rf public.new && mkdir public.new && tar xzf - -C public.new && mv public public.old && mv public.new public'
ssh ubuntu@host "sudo systemctl restart nginx && sudo systemctl status nginx --no-pager"
