#!/usr/bin/env bash
# How long validate takes for 1, 10, 60 and 120 rules over twelve facts, the proof included.
# The rules of the first list have values of their own, those of the second share a few.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
go build -o "$work/dealroute" ./cmd/dealroute

# deployment RULES own|shared
deployment() {
  awk -v n="$1" -v own="$([[ $2 == own ]] && echo 1 || echo 0)" 'BEGIN {
    split("string number string boolean date number", type, " ")
    split("gold silver bronze platinum iron tin", word, " ")
    print "version: 1\nname: many-rules\ngenesys: {region: eu-central-1}\nhubspot:\n  lookup: {homeCountries: [US]}\n  facts:"
    for (k = 0; k < 12; k++) printf "    f%d: {%s: prop_%d, type: %s}\n", k, k % 3 ? "contact" : "deal", k, type[k % 6 + 1]
    print "calls: {numbers: [\"+15135550100\"]}\nrouting:\n  rules:"
    for (i = 0; i < n; i++) {
      printf "    - {name: rule-%d, when: {facts: {%s, %s}", i, condition(i, i % 12), condition(i, (i * 5 + 1 + (i % 12 == (i * 5 + 1) % 12)) % 12)
      if (i % 4 == 1) printf ", minValue: %d", 1000 * (own ? i + 1 : i % 5 + 1)
      printf "}, to: {queue: Q%d}}\n", i % 9
    }
    print "  fallback: {queue: General}"
  }
  function condition(i, k,   t) {
    t = type[k % 6 + 1]
    if (t == "string") return own ? sprintf("f%d: [v%d, w%d]", k, i, i) : sprintf("f%d: [%s, %s]", k, word[i % 6 + 1], word[(i * 7 + 2) % 6 + 1])
    if (t == "number") return own ? sprintf("f%d: {min: %d, max: %d}", k, i * 10, i * 10 + 5) : sprintf("f%d: {min: %d}", k, i % 7 * 10)
    if (t == "boolean") return sprintf("f%d: %s", k, i % 2 ? "true" : "false")
    return sprintf("f%d: {before: %dd}", k, own ? i + 1 : i % 4 * 30)
  }'
}

for kind in own shared; do
  for n in 1 10 60 120; do
    deployment "$n" "$kind" >"$work/dealroute.yaml"
    s=$(date +%s%N)
    "$work/dealroute" validate -f "$work/dealroute.yaml" -o json >"$work/out" || true
    e=$(date +%s%N)
    printf '%-7s %4d rules  %6d ms  %s states, %s calls\n' "$kind" "$n" $(((e - s) / 1000000)) \
      "$(grep -o '"states": [0-9]*' "$work/out" | grep -o '[0-9]*')" "$(grep -o '"calls": [0-9]*' "$work/out" | head -1 | grep -o '[0-9]*')"
  done
done
