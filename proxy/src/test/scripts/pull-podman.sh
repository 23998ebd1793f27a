#!/usr/bin/env bash
# Pulls NAMESPACE/IMAGE with podman, its registries.conf naming MIRROR/NAMESPACE as the only mirror. The registry
# itself is set to a closed port: a pull that succeeds came through the mirror.

usage="usage: pull-podman.sh MIRROR_HOST:PORT NAMESPACE IMAGE DIGEST SCRATCH_DIR [--driver overlay|vfs] [--platform OS/ARCH] [--as NAME] [--list FILE] [--keep]
  IMAGE       repo:tag or repo@sha256:hex, for example org/app:1
  DIGEST      the manifest digest that IMAGE has at the origin; of an index, the index' own
  --driver    of the private storage (default: overlay)
  --platform  of an index, this one (default: this machine's)
  --as NAME   the namespace's name in paths, where it is not NAMESPACE
  --list FILE write down the root file system: each path with its metadata and what is in it
  --keep      leave the storage in SCRATCH_DIR/podman
environment: PULL_TIMEOUT (seconds, default 120)"

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

parse_pull_arguments "$@"
shift 5
keep=
driver=overlay
list=
while [[ $# -gt 0 ]]; do
  case "$1" in
    --driver) driver=$2 && shift ;;
    --platform) platform=$2 && shift ;;
    --as) path_namespace=$2 && shift ;;
    --list) list=$(realpath -m "$2") && shift ;;
    --keep) keep=yes ;;
    *) usage_error "unknown option '$1'" ;;
  esac
  shift
done
check_path_namespace
need podman timeout
need_root

dir=$scratch/podman
rm -rf --one-file-system "$dir"
mkdir -p "$dir/tmp" "$dir/home"
# podman refuses a runroot of more than 50 characters.
runroot=$(short_dir)
mounted=

clean_up() {
  stop_child
  [[ -z "$mounted" ]] || "${podman[@]}" image unmount --all >/dev/null 2>&1 || true
  # Overlay makes its own directory a mount point.
  unmount_below "$dir"
  rm -rf --one-file-system "$runroot"
  [[ -n "$keep" ]] || rm -rf --one-file-system "$dir"
}
trap clean_up EXIT

echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$dir/policy.json"
cat >"$dir/registries.conf" <<CONF
[[registry]]
prefix = "$namespace"
location = "127.0.0.1:1"

[[registry.mirror]]
location = "$mirror/$path_namespace"
insecure = true
CONF
# Without a storage.conf of its own, podman would take the machine's options for another driver.
printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' "$driver" "$dir/root" "$runroot" >"$dir/storage.conf"
: >"$dir/containers.conf"
echo "{}" >"$dir/auth.json"
export CONTAINERS_REGISTRIES_CONF=$dir/registries.conf CONTAINERS_STORAGE_CONF=$dir/storage.conf
export CONTAINERS_CONF=$dir/containers.conf REGISTRY_AUTH_FILE=$dir/auth.json TMPDIR=$dir/tmp HOME=$dir/home

podman=(podman --root "$dir/root" --runroot "$runroot" --tmpdir "$dir/tmp/libpod" --storage-driver "$driver")

start=$(now_ms)
killable "${podman[@]}" pull --quiet --signature-policy "$dir/policy.json" \
  ${platform:+--platform "$platform"} "$namespace/$image" >"$dir/id" 2>"$dir/log" || {
  code=$?
  cat "$dir/log" >&2
  fail "podman pull of $namespace/$image through $mirror (exit $code)"
}
# podman checked every blob as it came; of an index, RepoDigests names both the index and the platform's manifest.
"${podman[@]}" image inspect --format '{{.Digest}} {{range .RepoDigests}}{{.}} {{end}}' "$(<"$dir/id")" >"$dir/digests"
grep -q "$digest" "$dir/digests" || fail "$image: $digest expected, podman has $(<"$dir/digests")"
if [[ -n "$list" ]]; then
  need getfattr
  mounted=yes
  tree=$("${podman[@]}" image mount "$(<"$dir/id")") || fail "podman image mount of $image"
  # The root itself is the engine's own, and sizes of directories are the file system's.
  (
    cd "$tree"
    find . -mindepth 1 -type d -printf '%p %y %m %U %G %T@ %n\n' | sed 's/ [0-9]*$//'
    find . -mindepth 1 ! -type d -printf '%p %y %m %U %G %T@ %n %s %l\n'
    find . -type f -print0 | sort -z | xargs -0 -r sha256sum
    getfattr --recursive --no-dereference --dump --match=- . 2>/dev/null | grep -v '^trusted.overlay' || true
  ) | LC_ALL=C sort >"$list"
fi
finish_pull podman "$start"
