#!/bin/sh
# Builds CKernels and its checks for 64-bit ARM and runs them under qemu.
# Prints "skipped" and why where a tool is missing. CLANG names the compiler to use.
set -eu
cd "$(dirname "$0")/../.."
clang=${CLANG:-clang}
sysroot=/usr/aarch64-linux-gnu

skip() {
  echo "skipped: $1"
  exit 0
}
command -v "$clang" >/dev/null || skip "no $clang"
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) || skip "no qemu-aarch64"
linker=$(command -v aarch64-linux-gnu-gcc) || skip "no aarch64-linux-gnu-gcc to link with"
[ -d "$sysroot/include" ] || skip "no C library in $sysroot"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for source in Sources/CKernels/*.c Sources/CKernels/instruction_sets/*.c Tests/CKernelsChecks/*.c \
  Tests/NEON/main.c; do
  "$clang" --target=aarch64-linux-gnu -isystem "$sysroot/include" -std=c11 -O2 -Wall -Wextra \
    -Werror -ISources/CKernels/include -ITests/CKernelsChecks/include -c "$source" \
    -o "$work/$(basename "$source" .c).o"
done
"$linker" "$work"/*.o -lm -o "$work/checks"
"$qemu" -L "$sysroot" "$work/checks"
