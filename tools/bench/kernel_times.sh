#!/usr/bin/env bash
# Times of the kernels of one step, each alone on the GPU, through NVIDIA's ncu: where a step goes.
#
#   tools/bench/kernel_times.sh CLASS_PATH SHAPE N       SHAPE: qwen3-4b or llama3-8b
#
# N sequences that decode one token each, or one prompt of N tokens when N is over 256. CLASS_PATH has gpu-worker's classes, its
# test classes and their libraries. Environment: JAVA (default: java), NCU (default: ncu). The GPU's clocks are left as they are.
# Prints, for each launch of a layer, its place in the layer, and its microseconds on average over all layers; and the rest. Kernels that overlap in a real step do not overlap here, so
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
python3 - "$work/kernels.csv" "$shape" <<'PY'
import collections
import csv
import sys

lines = [line for line in open(sys.argv[1]) if line.startswith('"')]
rows = [row for row in csv.DictReader(lines) if row["Metric Name"] == "gpu__time_duration.sum"]
starts = [i for i, row in enumerate(rows) if row["Kernel Name"].startswith("embed")]
scale = {"ns": 1e-3, "nsecond": 1e-3, "us": 1, "usecond": 1, "ms": 1e3, "msecond": 1e3}
step = [(row["Kernel Name"].split("(")[0], row["Grid Size"], row["Block Size"],
         float(row["Metric Value"].replace(",", "")) * scale[row["Metric Unit"]]) for row in rows[starts[-1]:]]
layers = {"qwen3-4b": 36, "llama3-8b": 32}[sys.argv[2]]


def repeats(first, period):
    return all(step[first + i][0] == step[first + i % period][0] for i in range(layers * period))


# Where the layers begin, and of how many launches each is.
first, period = next((first, period) for period in range(1, len(step) // layers + 1)
                     for first in range(len(step) - layers * period + 1) if repeats(first, period))
times = collections.OrderedDict()
for index, (name, grid, block, micros) in enumerate(step):
    inside = first <= index < first + layers * period
    place = f"{(index - first) % period + 1:2d} of {period}" if inside else ""
    times.setdefault((place, name, grid, block), []).append(micros)
total = sum(sum(values) for values in times.values())
for (place, name, grid, block), values in times.items():
    print(f"{place:8} {name:32} {grid:>18} {block:>16} {len(values):5d} x {sum(values) / len(values):9.2f} us = {sum(values):10.1f} us {sum(values) / total:6.1%}")
print(f"{'':8} {'all':32} {'':18} {'':16} {sum(map(len, times.values())):5d} {'':17} = {total:10.1f} us")
PY
