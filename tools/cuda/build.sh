#!/usr/bin/env bash
# Compiles the CUDA kernels into the fatbin that travels in the jar, and writes the manifest of the sources it was made of.
#   tools/cuda/build.sh           compile and write
#   tools/cuda/build.sh --check   compile and fail if the committed fatbin's manifest is stale (needs nvcc 13.0)
# Needs nvcc 13.0 or later; nothing else of the toolkit.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
sources=$root/gpu-worker/src/main/cuda
resources=$root/gpu-worker/src/main/resources/cuda
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
targets=(-gencode=arch=compute_80,code=sm_80 -gencode=arch=compute_86,code=sm_86 -gencode=arch=compute_89,code=sm_89
    -gencode=arch=compute_90a,code=sm_90a -gencode=arch=compute_120,code=sm_120 -gencode=arch=compute_80,code=compute_80)

manifest() {
    echo "# sha256 of every source of vidda.fatbin; tools/cuda/build.sh writes it"
    (cd "$sources" && LC_ALL=C ls ./*.cu ./*.cuh | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum)
}

if [[ ${1:-} == --check ]]; then
    manifest > "$work/manifest"
    diff -u "$resources/vidda.manifest" "$work/manifest" || { echo "vidda.fatbin is stale: run tools/cuda/build.sh" >&2; exit 1; }
fi
nvcc -fatbin -O3 -std=c++17 --threads 2 -Xfatbin=-compress-all -Werror all-warnings -lineinfo "${targets[@]}" \
    -o "$work/vidda.fatbin" "$sources/vidda.cu"
if [[ ${1:-} != --check ]]; then
    mkdir -p "$resources"
    cp "$work/vidda.fatbin" "$resources/vidda.fatbin"
    manifest > "$resources/vidda.manifest"
    ls -l "$resources/vidda.fatbin"
fi
