#!/bin/sh
# The newest open alert with its picture, then acknowledged.
# sh examples/review-alert.sh [http://127.0.0.1:8480] [face.jpg]    NIGHTGLASS_TOKEN=ng_…
set -eu
address=${1:-http://127.0.0.1:8480}
ask() { curl --silent --show-error --fail-with-body -H "Authorization: Bearer ${NIGHTGLASS_TOKEN:?is needed}" "$@"; }

id=$(ask "$address/api/alerts?state=new&limit=1" | grep -o '"id":"[0-9A-Z]\{26\}"' | head -n 1 | cut -d '"' -f 4)
[ -n "$id" ] || { echo 'no open alert' >&2; exit 1; }
ask "$address/api/alerts/$id/evidence/face" --output "${2:-face.jpg}"
ask "$address/api/alerts/$id/review" -H 'content-type: application/json' -d '{"action":"acknowledge"}'
