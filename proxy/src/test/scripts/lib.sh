#!/usr/bin/env bash
# Shared helpers of the fixture scripts. Sourced, never run.

set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C

self=$(basename "$0")

say() { printf '%s: %s\n' "$self" "$*" >&2; }

fail() {
  say "FAILED: $*"
  exit 1
}

# Exit code 64 (EX_USAGE), so that a caller can tell a wrong call from a failed pull.
usage_error() {
  say "$*"
  [[ -z "${usage:-}" ]] || printf '%s\n' "$usage" >&2
  exit 64
}

# Exit code 69 (EX_UNAVAILABLE): a test suite may skip instead of fail.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || {
      say "this machine has no '$tool'"
      exit 69
    }
  done
}

need_root() {
  [[ $EUID -eq 0 ]] || {
    say "must run as root"
    exit 69
  }
}

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

sha256_of() { sha256sum -- "$1" | cut -d' ' -f1; }

listens() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

# wait_until SECONDS COMMAND...
wait_until() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@"; do
    (($(now_ms) < deadline)) || return 1
    sleep 0.05
  done
}

# stop_process PID: TERM, and KILL after ten seconds. Also right for a process that is not our child.
stop_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  wait_until 10 gone "$1" || {
    kill -KILL "$1" 2>/dev/null || true
    wait_until 5 gone "$1"
  }
}

# A zombie counts as gone: its parent may be a shell that never waits for it.
gone() {
  local state
  state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 0
  [[ -z "$state" || "$state" == Z ]]
}

# killable COMMAND...: runs it with the caller's time limit, such that a signal to the script ends it too;
# the script's EXIT trap must call stop_child.
child=
killable() {
  local code=0
  timeout "${PULL_TIMEOUT:-120}" "$@" &
  child=$!
  wait "$child" || code=$?
  child=
  return "$code"
}

stop_child() { [[ -z "$child" ]] || stop_process "$child"; }

# unmount_below DIR: what a runtime that was stopped half-way left mounted there.
unmount_below() {
  local point
  # Deepest first. In /proc/mounts a blank in a path is \040, which printf %b turns back.
  while read -r point; do
    umount --lazy "$(printf '%b' "$point")" || true
  done < <(awk '{ print $2 }' /proc/mounts | { grep -F -- "$1/" || true; } | sort -r)
}

# short_dir: a new directory with a short path, for what has to be short whatever SCRATCH_DIR is.
short_dir() { mktemp -d "${XDG_RUNTIME_DIR:-/tmp}/outcrop.XXXXXX"; }

# Splits IMAGE (repo:tag or repo@sha256:hex) and what all pull scripts take into globals.
# shellcheck disable=SC2034 # read by the scripts that source this file
parse_pull_arguments() {
  [[ $# -ge 5 ]] || usage_error "five arguments needed, got $#"
  mirror=$1
  namespace=$2
  image=$3
  digest=$4
  scratch=$5
  path_namespace=$2
  platform=
  [[ "$mirror" =~ ^[^/:]+:[0-9]+$ ]] || usage_error "MIRROR_HOST:PORT expected, got '$mirror'"
  [[ "$image" == *[:@]* ]] || usage_error "IMAGE needs a tag or a digest: '$image'"
  [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || usage_error "DIGEST expected, got '$digest'"
  mkdir -p "$scratch"
  scratch=$(cd "$scratch" && pwd)
}

# skopeo and podman name a mirrored repository MIRROR/NAMESPACE/REPO, and an image reference cannot carry a
# port behind its first slash.
check_path_namespace() {
  [[ "$path_namespace" != *:* ]] ||
    usage_error "'$path_namespace' has a port and so cannot stand in a path; give its name there with --as"
}

# finish_pull CLIENT START_MS
finish_pull() {
  printf 'ok\t%s\t%s/%s\t%s\t%d ms\n' "$1" "$namespace" "$image" "$digest" $(($(now_ms) - $2))
}
