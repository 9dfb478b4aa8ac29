#!/usr/bin/env bash
# Trains denoiser and super-resolver with the adversarial term on one GPU, judged
# by an expert of experts.sh, then runs the product's `gpu` bench.
#
#   OUT=results training/gpu/restorers.sh faces.npz finetune-poor-xs.pt [restorers.pt]
#   OUT=results training/gpu/restorers.sh --smoke faces.npz finetune-poor-xxs.pt
#
# restorers.pt: an earlier run's result to start from. PYTHON, WORK and MINUTES
# (6) as in experts.sh. $OUT gets restorers.pt, curves, and the bench's output.
# With --smoke: two steps on the CPU, and no bench.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${OUT:?folder for the results}"
python=${PYTHON:-python3} minutes=${MINUTES:-6}
work=${WORK:-$(mktemp -d)}
mkdir -p "$OUT" "$work"

smoke=0
if [ "${1:-}" = --smoke ]; then smoke=1; shift; fi
faces=${1:?packed faces} expert=$(realpath "${2:?checkpoint of an expert}") start=${3:-}
settings=(--minutes "$minutes" --set "workers=$(nproc)")
if [ "$smoke" = 1 ]; then
  settings=(--set minutes=null --set steps=2 --set batch=2 --set workers=0 --set held_out=4 --set device=cpu \
    --set adversarial_from=0 --set threads=1 --set "superresolver={channels: 8, growth: 4, groups: 1, blocks: 1}")
fi
if [ -n "$start" ]; then settings+=(--set "start=$(realpath "$start")"); fi

"$python" -m training.pack unpack "$faces" --to "$work"
"$python" -m training.data.published --data "$work/data" --cache "$work/cache"
"$python" -m training.stages.enhance --config training/configs/enhance-gpu.yaml \
  --data "$work/data" --work "$work" "${settings[@]}" --set "embedder=$expert" --set run=restorers
"$python" -m training.gpu.slim --runs "$work/runs" --out "$OUT" restorers
cp "$work"/runs/restorers/curves.* "$OUT"

if [ "$smoke" = 1 ]; then
  echo 'gpu bench: not part of the smoke run'
elif command -v npm >/dev/null && [ -d node_modules ]; then
  npm run --silent bench -- gpu 2>&1 | tee "$OUT/bench-gpu.log"
else
  echo 'SKIPPED: gpu bench: it needs npm and node_modules'
fi
