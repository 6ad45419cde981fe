#!/usr/bin/env bash
# Peregrine as strangers meet it: a version tag behind a git address.
#
# Copies the working tree into a repository of its own, tags it, and builds two packages that
# depend on the tag:
#   Advantage   imports one small module; nothing else may be resolved, no system library linked
#   Aliased     has a target called Tensor of its own; module aliases keep the two apart
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
root="$(cd "$here/../.." && pwd -P)"
version=0.0.1

fail() { printf 'client: %s\n' "$*" >&2; exit 1; }

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
work="$(cd "$work" && pwd -P)"

# A checkout may belong to somebody else than who tests it; git shall not mind, here only.
git() { command git -c safe.directory='*' "$@"; }

if ! git -C "$root" rev-parse --is-inside-work-tree > /dev/null 2>&1; then
  echo 'skipped: not a git checkout, so there is nothing to tag'
  exit 77
fi

mkdir "$work/peregrine"
(
  cd "$root"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do
      if [[ -e "$file" || -L "$file" ]]; then printf '%s\0' "$file"; fi
    done |
    tar --create --null --files-from - | tar --extract --directory "$work/peregrine"
)
(
  cd "$work/peregrine"
  git init --quiet
  git add --all --force
  git -c user.name=client -c user.email=client@localhost -c commit.gpgsign=false \
    -c core.hooksPath=/dev/null commit --quiet --message "$version"
  git -c tag.gpgsign=false tag "$version"
)

# client NAME: a copy of the client's folder, its manifest pointing at the tag.
client() {
  cp -R "$here/$1" "$work/$1"
  sed -e "s|PEREGRINE_URL|file://$work/peregrine|" -e "s|PEREGRINE_VERSION|$version|" \
    "$here/$1/Manifest.swift.in" > "$work/$1/Package.swift"
  rm "$work/$1/Manifest.swift.in"
}

# in_client NAME COMMAND…: a swift command for a client, with a cache that goes with it.
in_client() {
  local name="$1" command="$2"
  shift 2
  swift "$command" --package-path "$work/$name" --cache-path "$work/cache" "$@" < /dev/null
}

echo 'client Advantage: one module of a tagged version'
client Advantage
in_client Advantage build
"$work/Advantage/.build/debug/Client"

resolved="$(in_client Advantage package show-dependencies --format json 2> /dev/null |
  sed -n 's/^ *"identity" *: *"\(.*\)",*$/\1/p' | sort | tr '\n' ' ')"
[[ "$resolved" == 'advantage peregrine ' ]] ||
  fail "only peregrine should be resolved for a client of Advantage, got: $resolved"

if command -v ldd > /dev/null; then
  linked="$(ldd "$work/Advantage/.build/debug/Client")"
  if grep -Ei 'openblas|lapack|libblas' <<< "$linked"; then
    fail 'a client of Advantage links the libraries above; it should link no algebra at all'
  fi
fi

echo 'client Aliased: a target called Tensor beside ours'
client Aliased
in_client Aliased build
"$work/Aliased/.build/debug/Client"

echo 'clients: 2 passed, 0 failed'
