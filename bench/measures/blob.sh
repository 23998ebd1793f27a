#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # it shares variables with run and lib.sh
# A cached blob over plain HTTP: how much a second, and what it costs the server. Sourced by run.

measure_blob() {
  local file server connections repeat digest path
  start_registry origin '' off
  make_image "$scratch/image" 1 "$blob_bytes"
  push_image "$scratch/image" bench/blob:1 origin
  digest=$(jq -r '.layers[0].digest' "$scratch/image/manifest.json")
  path=/v2/bench/blob/blobs/$digest

  start_outcrop outcrop "${address[origin]}" on
  start_registry registry "${address[origin]}" on
  file=$scratch/www$path
  mkdir -p "$(dirname "$file")"
  mv "$scratch/image/${digest#sha256:}" "$file"
  start_nginx nginx "$scratch/www" on

  for server in outcrop registry nginx; do
    check_same "${address[$server]}" "$path" "${digest#sha256:}"
  done
  # A proxy keeps it shortly after it has passed it on.
  sleep 1
  stop_server origin
  for server in outcrop registry nginx; do load drain "${address[$server]}" 8 "$warm_up" "$path" >"$scratch/warm"; done

  for connections in 1 8 32; do
    for ((repeat = 1; repeat <= repeats; repeat++)); do
      for server in outcrop registry nginx; do drain_once "$server" "$connections" "$repeat" "$path"; done
    done
  done
}

drain_once() { # SERVER CONNECTIONS REPEAT PATH
  local bytes took before after plural=s
  [[ $2 != 1 ]] || plural=
  before=$(cpu_ms "$1")
  load drain "${address[$1]}" "$2" "$seconds" "$4" >"$scratch/drained"
  after=$(cpu_ms "$1")
  read -r bytes took total <"$scratch/drained"
  record "$2 connection$plural" GB/s "$1" "$3" "$(awk -v b="$bytes" -v s="$took" 'BEGIN { printf "%.3f", b / s / 1e9 }')"
  # Over all bytes, as the processor time is that of the whole run.
  record "$2 connection$plural, server CPU" s/GB "$1" "$3" "$(awk -v ms=$((after - before)) -v b="$total" 'BEGIN { printf "%.4f", ms * 1e6 / b }')"
}
