#!/usr/bin/env bash
# Measures start-up: from the start of the launcher's process until /health says 200, and until the first token of a
# streamed chat has arrived.
#
#   tools/bench/startup.sh [RUNS] [-- MORE OPTIONS OF vidda serve]      default: 5 runs
#
# VIDDA in the environment names another launcher than this repository's.
# Prints one line a run and the medians. Build first (`./vidda --version`), or the first run measures the build.
set -euo pipefail

runs=5
if [ $# -gt 0 ] && [ "$1" != -- ]; then
    runs=$1
    shift
fi
if [ "${1:-}" = -- ]; then shift; fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
vidda=${VIDDA:-$root/vidda}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# Milliseconds on the wall clock.
now() {
    echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

body='{"stream": true, "max_tokens": 16, "temperature": 0, "messages": [{"role": "user", "content": "Solve 3x + 5 = 20."}]}'
"$vidda" --version >/dev/null
for run in $(seq "$runs"); do
    : >"$work/out"
    started=$(now)
    "$vidda" serve --port 0 "$@" >"$work/out" 2>"$work/err" &
    server=$!
    url=
    until [ -n "$url" ]; do
        kill -0 "$server" 2>/dev/null || { cat "$work/err" >&2; exit 1; }
        url=$(sed -n 's/^ready *\(http[^ ]*\).*/\1/p' "$work/out")
        [ -n "$url" ] || sleep 0.01
    done
    ready=$(now)
    first=
    while IFS= read -r line; do
        case $line in
            *'"content":"'[!\"]*)
                first=$(now)
                break
                ;;
        esac
    done < <(curl -sN "$url/v1/chat/completions" -H 'Content-Type: application/json' -d "$body")
    [ -n "$first" ] || { echo "run $run: no token came" >&2; exit 1; }
    kill -TERM "$server"
    wait "$server" || { echo "run $run: exit code $?" >&2; exit 1; }
    stopped=$(now)
    server=
    echo "run $run: ready $((ready - started)) ms, first token $((first - started)) ms, stop $((stopped - first)) ms" |
        tee -a "$work/runs"
done

median() {
    sed -n "s/.*$1 \([0-9]*\) ms.*/\1/p" "$work/runs" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}
echo "median of $runs: ready $(median ready) ms, first token $(median 'first token') ms"
