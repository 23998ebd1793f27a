#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # it shares variables with run and lib.sh
# Many clients want the same image at once, and no proxy has it: what the origin has to send. Sourced by run.

measure_crowd() {
  local repeat server
  start_registry origin '' on
  for ((repeat = 1; repeat <= crowd_repeats; repeat++)); do
    # Sizes as images have them: one layer makes up most of it.
    make_image "$scratch/image" $((10 + repeat)) $((crowd_bytes * 7 / 10)) $((crowd_bytes / 5)) $((crowd_bytes / 10))
    push_image "$scratch/image" "bench/crowd:$repeat" origin
    for server in outcrop registry; do crowd_once "$server" "$repeat"; done
    rm -rf "$scratch/image"
  done
}

crowd_once() { # SERVER REPEAT
  local manifest=$scratch/image/manifest.json paths size took bytes sent digest
  mapfile -t paths < <(jq -r '"/v2/bench/crowd/manifests/'"$2"'", ((.config, .layers[]) | "/v2/bench/crowd/blobs/\(.digest)")' "$manifest")
  size=$(($(stat -c %s "$manifest") + $(jq '[.config.size, .layers[].size] | add' "$manifest")))
  case "$1" in
    outcrop) start_outcrop outcrop "${address[origin]}" off ;;
    registry) start_registry registry "${address[origin]}" off ;;
  esac
  : >"$scratch/origin.out"
  load crowd "${address[$1]}" "$crowd_clients" "${paths[@]}" >"$scratch/crowd"
  read -r took bytes <"$scratch/crowd"
  ((bytes == size * crowd_clients)) || fail "the clients of $1 got $bytes bytes, $((size * crowd_clients)) expected"
  # The origin writes a line when an answer has ended, and a proxy may go on fetching for itself.
  sleep 2
  sent=$(awk '$6 == "\"GET" { bytes += $10 } END { print bytes + 0 }' "$scratch/origin.out")
  record "origin bytes ÷ image, $crowd_clients clients" ratio "$1" "$2" "$(ratio "$sent" "$size")"
  record "all clients done" s "$1" "$2" "$took"
  record "peak RSS" MB "$1" "$2" "$(memory_mb "$1" VmHWM)"
  # The load only counts. That what was kept is right is asked afterwards.
  digest=$(jq -r '.layers[0].digest' "$manifest")
  check_same "${address[$1]}" "/v2/bench/crowd/blobs/$digest" "${digest#sha256:}"
  stop_server "$1"
  unset "data[$1]"
  rm -rf --one-file-system "${scratch:?}/$1"
}
