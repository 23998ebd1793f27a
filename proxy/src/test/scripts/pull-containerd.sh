#!/usr/bin/env bash
# Pulls NAMESPACE/IMAGE with a private containerd, its hosts.toml naming MIRROR as the only host. The registry
# itself is set to a closed port: a pull that succeeds came through the mirror.

usage="usage: pull-containerd.sh MIRROR_HOST:PORT NAMESPACE IMAGE DIGEST SCRATCH_DIR [--run COMMAND] [--expect TEXT]
                          [--snapshotter overlayfs|native] [--platform OS/ARCH | --all] [--keep]
  IMAGE       repo:tag or repo@sha256:hex, for example org/app:1
  DIGEST      the manifest digest that IMAGE has at the origin; of an index, the index' own
  --run       after the pull, run this with the image's /bin/sh -c; it must exit with 0
  --expect    what its output must contain
  --platform  of an index, this one (default: this machine's)
  --all       with every platform of an index
  --keep      leave containerd's files in SCRATCH_DIR/containerd
environment: PULL_TIMEOUT (seconds, default 120)"

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

parse_pull_arguments "$@"
shift 5
keep=
run=
expect=
all=
snapshotter=overlayfs
while [[ $# -gt 0 ]]; do
  case "$1" in
    --run) run=$2 && shift ;;
    --expect) expect=$2 && shift ;;
    --snapshotter) snapshotter=$2 && shift ;;
    --platform) platform=$2 && shift ;;
    --all) all=--all-platforms ;;
    --keep) keep=yes ;;
    *) usage_error "unknown option '$1'" ;;
  esac
  shift
done
[[ -z "$expect" || -n "$run" ]] || usage_error "--expect needs --run"
need containerd ctr timeout setsid
[[ -z "$run" ]] || need runc
need_root

dir=$scratch/containerd
rm -rf --one-file-system "$dir"
mkdir -p "$dir/certs.d/$namespace" "$dir/tmp"
# A Unix socket's path holds 107 bytes, and a test framework's scratch directories are deep.
sockets=$(short_dir)
# The container's cgroup and its shim's socket are named machine-wide.
id=outcrop-$$-$RANDOM
daemon=

ctr=(ctr --address "$sockets/containerd.sock" --namespace outcrop-test)

clean_up() {
  stop_child
  if [[ -n "$daemon" ]]; then
    # A container that outlived its run keeps a shim, which outlives containerd.
    timeout 20 "${ctr[@]}" task kill -s KILL "$id" >/dev/null 2>&1 || true
    timeout 20 "${ctr[@]}" task rm -f "$id" >/dev/null 2>&1 || true
    stop_process "$daemon"
  fi
  unmount_below "$dir"
  rm -rf "$sockets"
  [[ -n "$keep" ]] || rm -rf --one-file-system "$dir"
}
trap clean_up EXIT

# No CRI: it wants CNI and ports. The other snapshotters and the metrics are only slow to start, or noisy.
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
[debug]
  level = "warn"
CONF
cat >"$dir/certs.d/$namespace/hosts.toml" <<CONF
server = "https://127.0.0.1:1"

[host."http://$mirror"]
  capabilities = ["pull", "resolve"]
CONF

answers() { gone "$daemon" || timeout 2 "${ctr[@]}" version >/dev/null 2>&1; }

setsid containerd --config "$dir/config.toml" </dev/null >"$dir/log" 2>&1 &
daemon=$!
if ! wait_until 20 answers || gone "$daemon"; then
  tail -n 5 "$dir/log" >&2
  fail "containerd does not start"
fi

name=$namespace/$image
start=$(now_ms)
killable "${ctr[@]}" images pull --hosts-dir "$dir/certs.d" --snapshotter "$snapshotter" \
  ${platform:+--platform "$platform"} ${all:+"$all"} "$name" >"$dir/pull.log" 2>&1 || {
  code=$?
  tail -n 3 "$dir/pull.log" >&2
  fail "containerd pull of $name through $mirror (exit $code)"
}
summary=$(finish_pull containerd "$start")

# (ls complains on stderr that it cannot tell the size where another platform was pulled.)
pulled=$("${ctr[@]}" images ls "name==$name" 2>/dev/null | awk 'NR == 2 { print $3 }')
[[ "$pulled" == "$digest" ]] || fail "$image: manifest is ${pulled:-missing}, $digest expected"
content=$dir/root/io.containerd.content.v1.content
# containerd hashed what it committed; that nothing else was left says that no download was given up on the way.
[[ -z "$(ls -A "$content/ingest" 2>/dev/null)" ]] || fail "$image: unfinished downloads in containerd's content store"
while read -r hash file; do
  [[ "$hash" == "${file##*/}" ]] || fail "$image: blob sha256:${file##*/} has sha256:$hash"
done < <(find "$content/blobs/sha256" -type f -exec sha256sum {} +)
[[ -f "$content/blobs/sha256/${digest#sha256:}" ]] || fail "$image: $digest is not in the content store"

if [[ -n "$run" ]]; then
  start=$(now_ms)
  killable "${ctr[@]}" run --rm --snapshotter "$snapshotter" ${platform:+--platform "$platform"} \
    --cgroup "/$id" --fifo-dir "$sockets" --runc-root "$dir/runc" "$name" "$id" /bin/sh -c "$run" </dev/null >"$dir/output" 2>&1 || {
    code=$?
    tail -n 5 "$dir/output" >&2
    fail "run of '$run' in $name (exit $code)"
  }
  grep -qF -- "$expect" "$dir/output" || fail "output of '$run' in $name has no '$expect': $(head -c 500 "$dir/output")"
  summary+=", run $(($(now_ms) - start)) ms"
fi
printf '%s\n' "$summary"
