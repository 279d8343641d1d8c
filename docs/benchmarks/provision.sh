#!/usr/bin/env bash
# Measures what plan, setup, rotate and destroy cost against an emulated org with the latency of a real one:
# calls, wall time, and the steps that decided it. Run it anywhere in the project; it needs go and python3.
#
#   docs/benchmarks/provision.sh [DEPLOYMENT FILE]
#
# LATENCY, JOB and EXPORT change the emulated org (80ms a call, 5s to publish a flow, nothing to export one);
# STEPS=1 also prints all steps of each command.
set -euo pipefail
cd "$(dirname "$0")/../.."
file=${1:-examples/basic/dealroute.yaml}
dir=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
export XDG_STATE_HOME=$dir/state
go build -o "$dir/dealroute" ./cmd/dealroute

"$dir/dealroute" sandbox -f "$file" --latency "${LATENCY:-80ms}" --job-time "${JOB:-5s}" --export-time "${EXPORT:-0s}" -o json >"$dir/server" 2>"$dir/log" &
server=$!
for _ in $(seq 100); do [[ -s $dir/server ]] && break; sleep 0.1; done
[[ -s $dir/server ]] || { cat "$dir/log"; exit 1; }
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$dir/server" "$1"; }
GENESYSCLOUD_OAUTHCLIENT_ID=$(field client) GENESYSCLOUD_OAUTHCLIENT_SECRET=$(field secret) HUBSPOT_SERVICE_KEY=$(field key)
export GENESYSCLOUD_OAUTHCLIENT_ID GENESYSCLOUD_OAUTHCLIENT_SECRET HUBSPOT_SERVICE_KEY
at=(--genesys-base-url "$(field genesys)" --hubspot-base-url "$(field hubspot)")
name=$(sed -n 's/^name: *\([a-z0-9-]*\).*/\1/p' "$file")

# the same deployment with one rule that has another priority
cp -r "$(dirname "$file")" "$dir/changed"
changed=$dir/changed/$(basename "$file")
python3 - "$changed" <<'P'
import re, sys
text = open(sys.argv[1]).read()
now = re.sub(r"priority: (\d+)", lambda m: "priority: %d" % (int(m[1]) + 1), text, count=1)
assert now != text, "no rule has a priority"
open(sys.argv[1], "w").write(now)
P

printf '%-16s %6s %6s %6s %9s   %s\n' '' calls reads writes seconds 'what decided it'
run() { # NAME COMMAND…
  local what=$1; shift
  local start end
  start=$(date +%s%N)
  "$dir/dealroute" "$@" "${at[@]}" -o json >"$dir/out" 2>"$dir/err" || { echo "$what failed:"; cat "$dir/out" "$dir/err"; exit 1; }
  end=$(date +%s%N)
  python3 - "$what" "$dir/out" "$((end - start))" "$dir" "${STEPS:-}" <<'P'
import json, sys
what, path, took, _, all_steps = sys.argv[1:]
d = json.load(open(path))
t = d.get("timings") or {"steps": [], "ms": 0}
steps = sorted((s for s in t["steps"] if s["critical"]), key=lambda s: -s["ms"])
path = "; ".join("%s %.1f" % (s["name"], s["ms"] / 1000) for s in sorted(steps[:4], key=lambda s: s["startMs"]))
count = lambda k: d[k] if k in d else ""
print("%-16s %6s %6s %6s %9.2f   %s" % (what, count("calls"), count("reads"), count("writes"), int(took) / 1e9, path))
if all_steps:
    for s in t["steps"]:
        print("    %s %7d + %6d  %s" % ("*" if s["critical"] else " ", s["startMs"], s["ms"], s["name"]))
P
}
run 'plan' plan -f "$file" --timings
run 'fresh setup' setup --yes -f "$file" --timings
run 'no-op setup' setup --yes -f "$file" --timings
run 'one rule' setup --yes -f "$changed" --timings
if "$dir/dealroute" rotate client --help >/dev/null 2>&1; then
  run 'rotate client' rotate client --yes -f "$changed"
fi
run 'destroy' destroy --yes --confirm "$name" -f "$file" --timings
