#!/usr/bin/env bash
# A site without any network: in a network namespace that has nothing but its own loopback, starts Outcrop, imports a
# layout into it, and pulls from it with real clients.

usage="usage: offline-site.sh OUTCROP LAYOUT SCRATCH_DIR (CLIENT NAMESPACE IMAGE DIGEST)...
  OUTCROP  a command that runs Outcrop
  LAYOUT   what to import: a folder or a tar
  CLIENT   skopeo, podman or containerd
  The others are as the pull scripts take them."

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $# -ge 7 && $((($# - 3) % 4)) -eq 0 ]] || usage_error "wrong number of arguments"
need ip unshare curl
need_root

if [[ "${OFFLINE_SITE:-}" != "$$" ]]; then
  # The same process in a namespace of its own.
  OFFLINE_SITE=$$ exec unshare --net -- "${BASH_SOURCE[0]}" "$@"
fi

outcrop=$1
layout=$2
mkdir -p "$3"
scratch=$(cd "$3" && pwd)
shift 3
ip link set lo up
[[ "$(ip -o link | wc -l)" == 1 ]] || fail "there is more than a loopback: $(ip -o link)"

cat >"$scratch/outcrop.yaml" <<'CONF'
registry: {listen: "127.0.0.1:5000", accessLog: ./requests.log}
admin: {listen: "127.0.0.1:5001"}
storage: {path: data, capacity: 2GiB}
upstreamDefaults: {proxy: direct}
upstreams:
  - {namespace: docker.io, endpoints: ["https://registry-1.docker.io"]}
  - {namespace: registry.test, endpoints: ["https://registry.test"]}
CONF

ready() { gone "$server" || curl -fs -o /dev/null http://127.0.0.1:5001/readyz; }

start() {
  (cd "$scratch" && exec setsid "$outcrop" serve --config outcrop.yaml </dev/null >>outcrop.log 2>&1) &
  server=$!
  if ! wait_until 60 ready || gone "$server"; then
    tail -n 5 "$scratch/outcrop.log" >&2
    fail "Outcrop does not start"
  fi
}

server=
trap '[[ -z "$server" ]] || stop_process "$server"' EXIT
start
"$outcrop" import "$layout" --pin >"$scratch/import.log" 2>&1 || {
  code=$?
  cat "$scratch/import.log" >&2
  fail "import of $layout (exit $code)"
}
# Held on disk, and not by the process that imported it.
stop_process "$server"
start

here=$(dirname "${BASH_SOURCE[0]}")
while [[ $# -gt 0 ]]; do
  "$here/pull-$1.sh" 127.0.0.1:5000 "$2" "$3" "$4" "$scratch/pulls"
  shift 4
done
