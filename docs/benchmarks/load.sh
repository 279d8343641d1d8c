#!/usr/bin/env bash
# What a day of calls costs: time and memory by calls, one core and two, and where the time of one
# call goes. Linux, with GNU time as /usr/bin/time.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/dealroute" ./cmd/dealroute
day() { # minutes at 2,000 calls a minute, cores
	GOMAXPROCS=$2 /usr/bin/time -f "%e s, %U+%S s of processors, %M kB" "$work/dealroute" simulate -f examples/basic/dealroute.yaml \
		--load 2000/min --for "$1m" -o csv 2>&1 >/dev/null
}
for minutes in 5 50 500; do
	echo "$((minutes * 2000)) calls, two cores: $(day $minutes 2)"
done
echo "1000000 calls, one core: $(day 500 1)"
for cores in 1 2; do
	GOMAXPROCS=$cores /usr/bin/time -f "three strategies side by side, $cores cores: %e s" "$work/dealroute" simulate -f examples/rollup/dealroute.yaml \
		--load 120/min --for 8h --compare search,unique-phone,rollup -o csv >/dev/null
done
go test ./pkg/load -run '^$' -bench . -benchtime 200000x -cpuprofile "$work/cpu" -o "$work/test"
go tool pprof -top -cum "$work/test" "$work/cpu" 2>/dev/null | head -40
