#!/usr/bin/env bash
# Runs Debian's docker-registry in the background. Called by origin.sh and proxy.sh, which say what it is for.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

write_config() { # DATA_DIR PORT ACCESS_LOG REMOTE_URL
  # A fixed secret avoids a warning at each start. Without http.debug no debug listener is opened.
  # The shipped systemd unit's htpasswd is left out on purpose: fixtures are public.
  cat <<CONFIG
version: 0.1
log:
  level: warn
  accesslog:
    disabled: $([[ "$3" == none ]] && echo true || echo false)
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: "$1/storage"
  delete:
    enabled: true
  maintenance:
    uploadpurging:
      enabled: false
http:
  addr: 127.0.0.1:$2
  secret: fixture
CONFIG
  [[ -z "$4" ]] || printf 'proxy:\n  remoteurl: "%s"\n' "$4"
}

registry_start() { # DATA_DIR PORT REMOTE_URL ACCESS_LOG
  local data=$1 port=$2 remote=$3 log=$4 pid
  need docker-registry curl
  mkdir -p "$data"
  data=$(cd "$data" && pwd)
  log=${log:-$data/access.log}
  [[ ! -s "$data/pid" ]] || gone "$(<"$data/pid")" || fail "already running with pid $(<"$data/pid")"
  ! listens "127.0.0.1:$port" || fail "port $port is taken"
  write_config "$data" "$port" "$log" "$remote" >"$data/config.yml"
  [[ "$log" != none ]] || log=/dev/null

  # REGISTRY_* variables of the caller would override the file. The log is opened for appending, so that a
  # test may truncate it between two phases. Every inherited descriptor a caller might wait on is closed.
  env -i PATH="$PATH" HOME="$data" setsid docker-registry serve "$data/config.yml" \
    </dev/null >>"$log" 2>>"$data/stderr.log" 9>&- &
  pid=$!
  echo "$pid" >"$data/pid"
  wait_until 20 answers "$pid" "http://127.0.0.1:$port/v2/" || true
  if gone "$pid" || ! curl -fsS -o /dev/null "http://127.0.0.1:$port/v2/"; then
    grep -hE '^panic:|level=(fatal|error)' "$data/stderr.log" | tail -n 3 >&2 || true
    stop_process "$pid"
    rm -f "$data/pid"
    fail "docker-registry does not answer on port $port"
  fi
  # The polls above are no part of what a test counts. A line is written shortly after its answer is.
  [[ "$log" == /dev/null ]] || { sleep 0.1 && : >"$log"; }
  say "pid $pid on 127.0.0.1:$port, data in $data, access log ${log}"
}

answers() { gone "$1" || curl -fs -o /dev/null --max-time 2 "$2"; }

registry_stop() { # DATA_DIR
  local pid
  [[ -s "$1/pid" ]] || {
    say "not running: $1"
    return 0
  }
  pid=$(<"$1/pid")
  # After a reboot or a long time the number may belong to somebody else.
  if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "docker-registry serve $(cd "$1" && pwd)/config.yml"; then
    stop_process "$pid"
  fi
  rm -f "$1/pid"
}
