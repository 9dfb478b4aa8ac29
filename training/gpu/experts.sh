#!/usr/bin/env bash
# Fine-tunes the experts for clear and for poor faces on one GPU, side by side,
# for eight minutes: a loader process a core degrades the faces.
#
#   OUT=results training/gpu/experts.sh faces.npz   (python -m training.pack create)
#   OUT=results training/gpu/experts.sh --smoke     two steps on drawn faces, on the CPU
#
# PYTHON is a Python with the training packages, WORK a scratch folder, MINUTES
# the time of training. $OUT gets NAME.pt for each expert (averaged weights, at
# most 10 MB), curves and log; training goes on from one, on a CPU too, by
#   python -m training.stages.finetune --config FILE --set start=$OUT/NAME.pt
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${OUT:?folder for the results}"
python=${PYTHON:-python3} minutes=${MINUTES:-8}
work=${WORK:-$(mktemp -d)}
mkdir -p "$OUT" "$work"

cores=$(nproc)
experts=(finetune-poor-xs finetune-poor-xxs finetune-clear-xs finetune-clear-xxs)
share=$((cores / ${#experts[@]}))
settings=(--minutes "$minutes" --set batch=256 --set lr=2.5e-4 --set "workers=$((share > 0 ? share : 1))")
if [ "${1:-}" = --smoke ]; then
  experts=(finetune-poor-xxs finetune-clear-xxs)
  settings=(--set minutes=null --set steps=2 --set batch=4 --set workers=0 --set held_out=4 --set probes=4 --set device=cpu)
  faces=$work/faces.npz
  "$python" -m training.pack create --drawn 8 --out "$faces" --processes 1
else
  faces=${1:?packed faces}
fi

"$python" -m training.pack unpack "$faces" --to "$work"
"$python" -m training.data.published --data "$work/data" --cache "$work/cache"

jobs=()
for expert in "${experts[@]}"; do
  "$python" -m training.stages.finetune --config "training/configs/$expert.yaml" \
    --data "$work/data" --work "$work" "${settings[@]}" >"$OUT/$expert.log" 2>&1 &
  jobs+=($!)
done
status=0
for job in "${jobs[@]}"; do wait "$job" || status=1; done

# What there is comes back, also where one expert failed.
"$python" -m training.gpu.slim --runs "$work/runs" --out "$OUT" "${experts[@]}" || status=1
tar -czf "$OUT/curves.tar.gz" --exclude=checkpoint.pt -C "$work/runs" .
cd "$OUT"
tail -n 3 "${experts[@]/%/.log}"
cat "${experts[@]/%/.log}" >experts.log
rm "${experts[@]/%/.log}"
exit "$status"
