#!/usr/bin/env bash
# Lets other programs read a layout that Outcrop wrote: skopeo as a folder and as a tar, umoci the folder, and
# containerd the tar, each with its digests as they were.

usage="usage: read-layout.sh FOLDER FILE.tar SCRATCH_DIR (NAME DIGEST FLAVOUR)...
  NAME     the full name of an image in both
  DIGEST   of its manifest or index
  FLAVOUR  gzip: all programs are to read it; oci: umoci need not unpack it (it knows neither zstd nor how to choose of
           an index); docker: neither skopeo nor umoci look for a manifest of Docker's own type in a layout"

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $# -ge 6 && $((($# - 3) % 3)) -eq 0 ]] || usage_error "wrong number of arguments"
need skopeo umoci containerd ctr timeout
need_root
folder=$1
tar=$2
mkdir -p "$3"
scratch=$(cd "$3" && pwd)
shift 3

dir=$scratch/read
rm -rf --one-file-system "$dir"
mkdir -p "$dir/tmp"
sockets=$(short_dir)
daemon=
clean_up() {
  stop_child
  [[ -z "$daemon" ]] || stop_process "$daemon"
  unmount_below "$dir"
  rm -rf "$sockets"
  rm -rf --one-file-system "$dir"
}
trap clean_up EXIT
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$dir/policy.json"
skopeo=(skopeo --policy "$dir/policy.json" --tmpdir "$dir/tmp")

# copy SOURCE DIGEST
copy() {
  rm -rf "$dir/copy"
  killable "${skopeo[@]}" copy --quiet --all --preserve-digests "$1" "dir:$dir/copy" || fail "skopeo copy of $1 (exit $?)"
  [[ "sha256:$(sha256_of "$dir/copy/manifest.json")" == "$2" ]] || fail "$1: another manifest than $2"
}

umoci ls --layout "$folder" >"$dir/names"
cat >"$dir/config.toml" <<CONF
version = 2
root = "$dir/root"
state = "$dir/state"
temp = "$dir/tmp"
disabled_plugins = [
  "io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "$sockets/containerd.sock"
[ttrpc]
  address = "$sockets/containerd.sock.ttrpc"
CONF
ctr=(ctr --address "$sockets/containerd.sock" --namespace outcrop-test)
answers() { gone "$daemon" || timeout 2 "${ctr[@]}" version >/dev/null 2>&1; }
setsid containerd --config "$dir/config.toml" </dev/null >"$dir/log" 2>&1 &
daemon=$!
if ! wait_until 20 answers || gone "$daemon"; then
  tail -n 5 "$dir/log" >&2
  fail "containerd does not start"
fi
killable "${ctr[@]}" images import --no-unpack "$tar" >"$dir/import.log" 2>&1 || {
  code=$?
  cat "$dir/import.log" >&2
  fail "ctr images import of $tar (exit $code)"
}
"${ctr[@]}" images ls 2>/dev/null >"$dir/images"

while [[ $# -gt 0 ]]; do
  awk -v name="$1" -v digest="$2" '$1 == name && $3 == digest { found = 1 } END { exit !found }' "$dir/images" ||
    fail "containerd has no $1 as $2: $(<"$dir/images")"
  if [[ "$3" != docker ]]; then
    copy "oci:$folder:$1" "$2"
    copy "oci-archive:$tar:$1" "$2"
  fi
  grep -qxF "$1" "$dir/names" || fail "umoci lists no $1: $(<"$dir/names")"
  if [[ "$3" == gzip ]]; then
    killable umoci unpack --image "$folder:$1" "$dir/unpacked" >"$dir/umoci.log" 2>&1 || {
      code=$?
      cat "$dir/umoci.log" >&2
      fail "umoci unpack of $1 (exit $code)"
    }
    rm -rf "$dir/unpacked"
  fi
  printf 'ok\t%s\n' "$1"
  shift 3
done
