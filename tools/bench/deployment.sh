#!/usr/bin/env bash
# Measures what an installation costs: the archive's size, and how long its commands and its server take to start, with the
# ahead-of-time cache and without it.
#
#   tools/bench/deployment.sh [RUNS]      default: 5 runs of each; the medians are printed
#
# Needs dist/target/vidda-*.tar.gz (`mvn package`). Everything is unpacked into a temporary folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

runs=${1:-5}
archive=$(ls -t dist/target/vidda-*.tar.gz | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work VIDDA_NO_BUILD=1

now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
mib() { echo "$(($(stat -c %s "$1") / 1048576)) MiB"; }

# median COMMAND...: its time in milliseconds.
median() {
    local from
    for _ in $(seq "$runs"); do
        from=$(now)
        "$@" >/dev/null 2>&1
        echo $(($(now) - from))
    done | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)] " ms"}'
}

serve() { VIDDA=$vidda tools/bench/startup.sh "$runs" | tail -n 1 | sed 's/^median of [0-9]*: //'; }

tar -xzf "$archive" -C "$work"
vidda=$(echo "$work"/vidda-*/vidda)
printf 'archive: %s, %s libraries, load %s\n' "$(mib "$archive")" "$(ls "$(dirname "$vidda")/lib" | wc -l)" "$(cut -d' ' -f1 /proc/loadavg)"
image=${archive%.tar.gz}-oci.tar
[ ! -f "$image" ] || printf 'image: %s\n' "$(mib "$image")"
from=$(now)
"$vidda" --version >/dev/null 2>&1
printf 'first command of all, which makes the cache: %s ms; cache: %s\n' $(($(now) - from)) "$(mib "$(dirname "$vidda")/cache/vidda.aot")"
for cache in with without; do
    if [ $cache = without ]; then export VIDDA_NO_AOT=1; fi
    printf '%s the cache:\n' $cache
    printf '  vidda --version        %s\n' "$(median "$vidda" --version)"
    printf '  vidda config check     %s\n' "$(median "$vidda" config check)"
    printf '  vidda models           %s\n' "$(median "$vidda" models "$(dirname "$vidda")/models/demo")"
    printf '  vidda serve            %s\n' "$(serve)"
done
