#!/usr/bin/env bash
# The CPU engine beside transformers on the same cores, in alternating rounds, with the machine's read bandwidth.
#
#   cpu_beside_transformers.sh MODEL_DIR [ROUNDS]
#
# Environment: PYTHON (has torch and transformers; default python3), JAVA_HOME (a JDK 25), THREADS (default: all cores),
# PROMPT (128), NEW_TOKENS (64), BATCHES ("1 8").
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
model=${1:?usage: cpu_beside_transformers.sh MODEL_DIR [ROUNDS]}
rounds=${2:-3}
python=${PYTHON:-python3}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
threads=${THREADS:-$(nproc)}
arguments=("$model" "$threads" "${PROMPT:-128}" "${NEW_TOKENS:-64}")
read -ra batches <<<"${BATCHES:-1 8}"

classpath=$root/gpu-worker/target/classes
dependencies=$(mktemp)
results=$(mktemp)
trap 'rm -f "$dependencies" "$results"' EXIT
(cd "$root" && mvn -q -pl gpu-worker -am compile dependency:build-classpath -Dmdep.outputFile="$dependencies" \
    -Dmdep.includeScope=runtime >/dev/null)
classpath+=:$(cat "$dependencies")

for ((round = 1; round <= rounds; round++)); do
    "$java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseCompactObjectHeaders \
        -cp "$classpath" dev.vidda.worker.bench.CpuBench "${arguments[@]}" "${batches[@]}" 2> >(grep -v incubator >&2) |
        tee -a "$results"
    OMP_NUM_THREADS=$threads "$python" "$here/transformers_peer.py" "${arguments[@]}" "${batches[@]}" | tee -a "$results"
done

# The best of the rounds on either side: what the machine did not take away.
awk '
    { split("", v); for (i = 1; i <= NF; i++) { n = index($i, "="); if (n) v[substr($i, 1, n - 1)] = substr($i, n + 1) } }
    v["engine"] == "ceiling" { if (v["read"] + 0 > ceiling) ceiling = v["read"] + 0; next }
    {
        k = v["engine"] SUBSEP v["batch"]; batches[v["batch"]]
        if (v["decode"] + 0 > decode[k]) { decode[k] = v["decode"] + 0; bytes[k] = v["read"] + 0 }
        if (v["prefill"] + 0 > prefill[k]) prefill[k] = v["prefill"] + 0
    }
    END {
        printf "\nceiling %.1f GB/s; best of the rounds, tokens/s\n", ceiling
        for (b in batches) {
            o = "vidda" SUBSEP b; p = "transformers" SUBSEP b
            printf "batch %-3d decode %8.1f beside %8.1f: %.2fx (%.0f %% of the ceiling); prefill %8.1f beside %8.1f: %.2fx\n",
                b, decode[o], decode[p], decode[o] / decode[p], 100 * bytes[o] / ceiling,
                prefill[o], prefill[p], prefill[o] / prefill[p]
        }
    }' "$results"
