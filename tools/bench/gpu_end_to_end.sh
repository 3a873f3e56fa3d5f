#!/usr/bin/env bash
# Serves from the GPU and checks what comes out at the other end of the gateway:
#   1. the demo model answers the same on the cuda device as on the cpu device (a difference only where the margin is small)
#      and as many of its answers are right;
#   2. many concurrent chats with a large model, made up or real: every stream whole, and output tokens a second.
#
#   tools/bench/gpu_end_to_end.sh [OUT_DIR]
#
# Environment, all optional:
#   VIDDA         the launcher (default: ./vidda of this repository)
#   BENCH_LIB     folder of the load generator's jars (default: bench/target/bench/lib)
#   JAVA          a java 25 for the load generator (default: java)
#   PYTHON        Python 3 (default: python3)
#   DEVICE        device to test (default: cuda)
#   ANSWERS       questions to compare (default: 100)
#   MODEL         folder of the large model: a checkpoint, or with SERVE_OPTIONS="--load-format dummy" a config.json alone.
#                 Its tokenizer is replaced by one that knows all ids unless KEEP_TOKENIZER is set. Without it part 2 is skipped.
#   SERVE_OPTIONS more options of `vidda serve` for the large model
#   CHATS, CONCURRENCY, MAX_TOKENS   chats in all (512), at a time (128), tokens of each answer (256)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${1:-$(mktemp -d)}
vidda=${VIDDA:-$root/vidda}
bench_lib=${BENCH_LIB:-$root/bench/target/bench/lib}
java=${JAVA:-java}
python=${PYTHON:-python3}
device=${DEVICE:-cuda}
demo=$root/models/demo
mkdir -p "$out"
servers=()
url=

stop_servers() {
    local server
    for server in "${servers[@]}"; do kill -TERM "$server" 2>/dev/null || true; done
    for server in "${servers[@]}"; do wait "$server" || echo "a server ended with exit code $?" >&2; done
    servers=()
}
trap stop_servers EXIT

# serve NAME OPTIONS...: starts a server, waits until it is ready, leaves its address in url.
serve() {
    local name=$1 server
    shift
    : >"$out/$name.out"
    "$vidda" serve --port 0 "$@" >"$out/$name.out" 2>"$out/$name.err" &
    server=$!
    servers+=("$server")
    url=
    until [ -n "$url" ]; do
        kill -0 "$server" 2>/dev/null || { cat "$out/$name.err" >&2; exit 1; }
        url=$(sed -n 's/^ready *\(http[^ ]*\).*/\1/p' "$out/$name.out")
        [ -n "$url" ] || sleep 0.02
    done
    sed -n '/^device/p;/^KV cache/p;/^ready/p' "$out/$name.out"
}

load() {
    "$java" -cp "$bench_lib/*" dev.vidda.bench.LoadGenerator "$@" 2>>"$out/load.err"
}

failed=0
echo "== the demo model on $device beside cpu"
serve demo-cpu --device cpu
reference=$url
serve demo-gpu --device "$device"
"$python" "$root/tools/bench/same_answers.py" "$reference" "$url" --prompts "$demo/heldout.jsonl" \
    --count "${ANSWERS:-100}" | tee "$out/answers.txt" || failed=1
load --url "$url" --prompts "$demo/heldout.jsonl" --expect-field answer --min-right 0.95 --concurrency 64 \
    --max-tokens 512 --json "$out/demo.json" | tee "$out/demo.txt" | sed -n '/requests\|Right\|Output token\|Incomplete/p' || failed=1
stop_servers

if [ -n "${MODEL:-}" ]; then
    chats=${CHATS:-512}
    echo "== $chats chats, ${CONCURRENCY:-128} at a time, ${MAX_TOKENS:-256} tokens each, $MODEL"
    keep=(--chats "$out/chats.jsonl" --prompts "$demo/heldout.jsonl" --count "$chats")
    if [ -n "${KEEP_TOKENIZER:-}" ]; then
        "$python" "$root/tools/bench/wide_tokenizer.py" --only-chats "$MODEL" "$MODEL" "${keep[@]}"
    else
        "$python" "$root/tools/bench/wide_tokenizer.py" "$demo" "$MODEL" "${keep[@]}"
    fi
    # shellcheck disable=SC2086 # SERVE_OPTIONS holds several words
    serve large --device "$device" --model "$MODEL" --served-model-name large --max-num-seqs "${CONCURRENCY:-128}" \
        ${SERVE_OPTIONS:-}
    load --url "$url" --prompts "$out/chats.jsonl" --concurrency "${CONCURRENCY:-128}" --requests "${CONCURRENCY:-128}" \
        --max-tokens 32 --ignore-eos >"$out/warm-up.txt" || failed=1
    load --url "$url" --prompts "$out/chats.jsonl" --concurrency "${CONCURRENCY:-128}" --requests "$chats" \
        --max-tokens "${MAX_TOKENS:-256}" --ignore-eos --json "$out/large.json" | tee "$out/large.txt" || failed=1
    stop_servers
fi
exit "$failed"
