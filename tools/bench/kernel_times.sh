#!/usr/bin/env bash
# Times of the kernels of one step, each alone on the GPU, through NVIDIA's ncu: where a step goes.
#
#   tools/bench/kernel_times.sh CLASS_PATH SHAPE N       SHAPE: qwen3-4b or llama3-8b
#
# N sequences that decode one token each, or one prompt of N tokens when N is over 256. CLASS_PATH has gpu-worker's classes, its
# test classes and their libraries. Environment: JAVA (default: java), NCU (default: ncu). The GPU's clocks are left as they are.
# Prints, for each kernel, its launches and microseconds of the step. Kernels that overlap in a real step do not overlap here, so
# the sum is more than the step takes.
set -euo pipefail
class_path=${1:?usage: kernel_times.sh CLASS_PATH SHAPE N}
shape=${2:?usage: kernel_times.sh CLASS_PATH SHAPE N}
count=${3:?usage: kernel_times.sh CLASS_PATH SHAPE N}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${NCU:-ncu}" --clock-control none --cache-control none --metrics gpu__time_duration.sum --csv --log-file "$work/kernels.csv" \
    "${JAVA:-java}" --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector \
    --sun-misc-unsafe-memory-access=allow -XX:+UseCompactObjectHeaders "-Dvidda.profile=$count" -cp "$class_path" \
    dev.vidda.worker.model.GpuModelDriver bench "$shape" >"$work/out" 2>&1 ||
    { tail -n 20 "$work/out" "$work/kernels.csv" >&2; exit 1; }

# The last step begins with the last embed kernel.
python3 - "$work/kernels.csv" <<'PY'
import collections
import csv
import sys

lines = [line for line in open(sys.argv[1]) if line.startswith('"')]
rows = [row for row in csv.DictReader(lines) if row["Metric Name"] == "gpu__time_duration.sum"]
starts = [i for i, row in enumerate(rows) if row["Kernel Name"].startswith("embed")]
scale = {"ns": 1e-3, "nsecond": 1e-3, "us": 1, "usecond": 1, "ms": 1e3, "msecond": 1e3}
times = collections.OrderedDict()
for row in rows[starts[-1]:]:
    key = (row["Kernel Name"].split("(")[0], row["Grid Size"], row["Block Size"])
    micros = float(row["Metric Value"].replace(",", "")) * scale[row["Metric Unit"]]
    times.setdefault(key, []).append(micros)
total = sum(sum(values) for values in times.values())
for (name, grid, block), values in times.items():
    print(f"{name:32} {grid:>18} {block:>16} {len(values):5d} x {sum(values) / len(values):9.2f} us = {sum(values):10.1f} us {sum(values) / total:6.1%}")
print(f"{'all':32} {'':18} {'':16} {sum(map(len, times.values())):5d} {'':17} = {total:10.1f} us")
PY
