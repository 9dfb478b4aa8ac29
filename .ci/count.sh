# Adds up what the test runners count; sourced by .ci/run.

passed=0
failed=0
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

# Runs tests, shows what they say, and adds up what Node's runner or pytest counted.
tests() {
  local said rc=0
  said=$(mktemp)
  "$@" 2>&1 | tee "$said" || rc=$?
  local ok bad
  read -r ok bad < <(awk '
    /^(ℹ|#) pass [0-9]+$/ { node = 1; ok += $3 }
    /^(ℹ|#) (fail|cancelled) [0-9]+$/ { node = 1; bad += $3 }
    / in [0-9.]+s/ { last = $0 }
    END {
      n = node ? 0 : split(last, words, /[ ,=]+/)
      for (i = 2; i <= n; i++) {
        if (words[i] == "passed") ok += words[i - 1]
        if (words[i] ~ /^(failed|errors?)$/) bad += words[i - 1]
      }
      print ok + 0, bad + 0
    }' "$said")
  # What failed, and why, once more at the very end: a long log may be cut.
  [ "$rc" = 0 ] || { printf '\n== %s\n' "$*"; sed -n '/failing tests:/,$p; /= FAILURES =/,$p' "$said"; } >>"$failures"
  rm -f "$said"
  # It failed without a test that did: that counts, too.
  if [ "$rc" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + ok))
  failed=$((failed + bad))
}

# A stage without tests that failed.
count_failure() {
  printf '\n== %s failed (its output is above)\n' "$1" | tee -a "$failures"
  failed=$((failed + 1))
}

# What failed, how long the stages took, and the count; fails when anything did.
report() {
  head -c 20000 "$failures"
  printf '\nTimes:%s\n' "$1"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
