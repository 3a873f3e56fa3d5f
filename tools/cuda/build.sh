#!/usr/bin/env bash
# Compiles the CUDA kernels into the fatbins that travel in the jar, and writes the manifests of the sources they were made of:
# vidda, the model's kernels, and probe, which measures what a GPU can do at most.
#   tools/cuda/build.sh [vidda|probe]   compile and write, both or one
#   tools/cuda/build.sh --check         compile and fail if the manifest of a committed fatbin is stale (needs nvcc 13.0)
# NVCC_FLAGS=-lineinfo adds what profilers show sources by; it names the folder of the sources, so nothing so made is committed.
# Needs nvcc 13.0 or later; nothing else of the toolkit.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
sources=$root/gpu-worker/src/main/cuda
resources=$root/gpu-worker/src/main/resources/cuda
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
targets=(-gencode=arch=compute_80,code=sm_80 -gencode=arch=compute_86,code=sm_86 -gencode=arch=compute_89,code=sm_89
    -gencode=arch=compute_90a,code=sm_90a -gencode=arch=compute_120,code=sm_120 -gencode=arch=compute_80,code=compute_80)

# The folder of a fatbin's sources; the one called like the fatbin includes all others.
folder() {
    if [[ $1 == vidda ]]; then echo "$sources"; else echo "$sources/$1"; fi
}

manifest() {
    echo "# sha256 of every source of $1.fatbin; tools/cuda/build.sh writes it"
    (cd "$(folder "$1")" && find . -maxdepth 1 -name '*.cu' -o -maxdepth 1 -name '*.cuh' | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum)
}

build() {
    local name=$1
    manifest "$name" >"$work/$name.manifest"
    if [[ $check ]]; then
        diff -u "$resources/$name.manifest" "$work/$name.manifest" ||
            { echo "$name.fatbin is stale: run tools/cuda/build.sh" >&2; exit 1; }
    fi
    # shellcheck disable=SC2086 # no flag is no argument
    nvcc -fatbin -O3 -std=c++17 --threads 2 -Xfatbin=-compress-all -Werror all-warnings ${NVCC_FLAGS:-} "${targets[@]}" \
        -o "$work/$name.fatbin" "$(folder "$name")/$name.cu"
    if [[ ! $check ]]; then
        mkdir -p "$resources"
        cp "$work/$name.fatbin" "$work/$name.manifest" "$resources"
        ls -l "$resources/$name.fatbin"
    fi
}

check=
if [[ ${1:-} == --check ]]; then
    check=yes
    shift
fi
for name in "${@:-vidda probe}"; do
    # shellcheck disable=SC2086 # the default is two words
    for each in $name; do build "$each"; done
done
