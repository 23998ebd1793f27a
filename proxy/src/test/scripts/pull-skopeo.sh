#!/usr/bin/env bash
# Pulls MIRROR/NAMESPACE/IMAGE with skopeo and checks the manifest's digest and the sha256 and size of every blob.

usage="usage: pull-skopeo.sh MIRROR_HOST:PORT NAMESPACE IMAGE DIGEST SCRATCH_DIR [--all] [--platform OS/ARCH] [--as NAME] [--cert-dir DIR] [--keep]
  IMAGE       repo:tag or repo@sha256:hex, for example org/app:1
  DIGEST      the manifest digest that IMAGE has at the origin; of an index, the index' own
  --all       with every platform of an index
  --platform  of an index, this one (default: this machine's)
  --as NAME   the namespace's name in paths, where it is not NAMESPACE
  --cert-dir  speak TLS and trust the .crt files here (default: TLS unchecked, or plain HTTP)
  --keep      leave what was pulled in SCRATCH_DIR/skopeo
environment: PULL_TIMEOUT (seconds, default 120)"

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

parse_pull_arguments "$@"
shift 5
all=
keep=
cert_dir=
while [[ $# -gt 0 ]]; do
  case "$1" in
    --all) all=--all ;;
    --platform) platform=$2 && shift ;;
    --as) path_namespace=$2 && shift ;;
    --cert-dir) cert_dir=$(cd "$2" && pwd) && shift ;;
    --keep) keep=yes ;;
    *) usage_error "unknown option '$1'" ;;
  esac
  shift
done
check_path_namespace
need skopeo jq timeout

dir=$scratch/skopeo
rm -rf "$dir"
mkdir -p "$dir/tmp"
trap 'stop_child; [[ -n "$keep" ]] || rm -rf "$dir"' EXIT
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$dir/policy.json"
# The machine's own registries.conf could send the pull elsewhere.
: >"$dir/registries.conf"
export CONTAINERS_REGISTRIES_CONF=$dir/registries.conf REGISTRY_AUTH_FILE=$dir/auth.json

skopeo=(skopeo --policy "$dir/policy.json" --tmpdir "$dir/tmp")
[[ -z "$platform" ]] || skopeo+=(--override-os "${platform%%/*}" --override-arch "${platform#*/}")
verify=false
[[ -z "$cert_dir" ]] || verify=true
source_image=docker://$mirror/$path_namespace/$image

# check_blob FILE DIGEST SIZE
check_blob() {
  [[ -f "$1" ]] || fail "$image: blob $2 is missing"
  [[ "$(stat -c %s "$1")" == "$3" ]] || fail "$image: blob $2 has $(stat -c %s "$1") bytes, $3 expected"
  [[ "sha256:$(sha256_of "$1")" == "$2" ]] || fail "$image: blob $2 has sha256:$(sha256_of "$1")"
}

# check_manifest FILE: all that it names, down to the blobs.
check_manifest() {
  local child size
  while read -r child size; do check_blob "$dir/image/${child#sha256:}" "$child" "$size"; done \
    < <(jq -r '(.config//empty, .layers[]?) | "\(.digest) \(.size)"' "$1")
  while read -r child size; do
    check_blob "$dir/image/${child#sha256:}.manifest.json" "$child" "$size"
    check_manifest "$dir/image/${child#sha256:}.manifest.json"
  done < <(jq -r '.manifests[]? | "\(.digest) \(.size)"' "$1")
}

start=$(now_ms)
killable "${skopeo[@]}" copy --quiet --preserve-digests --src-tls-verify="$verify" \
  ${cert_dir:+--src-cert-dir "$cert_dir"} ${all:+"$all"} "$source_image" "dir:$dir/image" || fail "skopeo copy of $source_image (exit $?)"

pulled=sha256:$(sha256_of "$dir/image/manifest.json")
if [[ "$pulled" != "$digest" ]]; then
  # One platform of an index: DIGEST is then the index', and the index must name what was pulled.
  killable "${skopeo[@]}" inspect --raw --tls-verify="$verify" ${cert_dir:+--cert-dir "$cert_dir"} \
    "$source_image" >"$dir/index.json" || fail "skopeo inspect of $source_image"
  if [[ "sha256:$(sha256_of "$dir/index.json")" != "$digest" ]] ||
    ! jq -e --arg d "$pulled" 'any(.manifests[]?; .digest == $d)' "$dir/index.json" >/dev/null; then
    fail "$image: manifest is $pulled, $digest expected"
  fi
fi
check_manifest "$dir/image/manifest.json"
finish_pull skopeo "$start"
