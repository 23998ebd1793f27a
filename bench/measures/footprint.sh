#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # it shares variables with run and lib.sh
# How fast each is there, and how much memory it takes. Sourced by run.

measure_footprint() {
  local server repeat digest path
  start_registry origin '' off
  make_image "$scratch/image" 3 "$blob_bytes"
  push_image "$scratch/image" bench/blob:1 origin
  digest=$(jq -r '.layers[0].digest' "$scratch/image/manifest.json")
  path=/v2/bench/blob/blobs/$digest
  mkdir -p "$scratch/www/v2/bench/blob/blobs"
  mv "$scratch/image/${digest#sha256:}" "$scratch/www$path"

  for ((repeat = 1; repeat <= repeats; repeat++)); do
    for server in outcrop registry nginx; do
      rm -rf --one-file-system "${scratch:?}/$server"
      timed_start "$server"
      record "start, empty" ms "$server" "$repeat" "$took"
      [[ $repeat == "$repeats" ]] || stop_server "$server"
    done
  done

  sleep "$settle"
  for server in outcrop registry nginx; do record "idle RSS" MB "$server" 1 "$(memory_mb "$server")"; done
  for server in outcrop registry nginx; do
    check_same "${address[$server]}" "$path" "${digest#sha256:}"
    load drain "${address[$server]}" 32 "$((seconds * 2))" "$path" >"$scratch/drained"
    record "RSS after blobs to 32 connections" MB "$server" 1 "$(memory_mb "$server")"
    stop_server "$server"
  done

  say "making a store of $blobs blobs"
  data[outcrop]=$scratch/full
  "${java[@]}" io.outcrop.bench.FullStore "$scratch/full" "$blobs" 2>"$scratch/full.err" || {
    tail -n 5 "$scratch/full.err" >&2
    fail "FullStore"
  }
  for ((repeat = 1; repeat <= repeats; repeat++)); do
    timed_start outcrop
    record "start, $blobs blobs" ms outcrop "$repeat" "$took"
    [[ $repeat == "$repeats" ]] || stop_server outcrop
  done
  sleep "$settle"
  record "idle RSS, $blobs blobs" MB outcrop 1 "$(memory_mb outcrop)"
}

# timed_start SERVER: from its launch to its first 200, Outcrop's launcher included. Sets took.
timed_start() {
  local start
  start=$(now_ms)
  case "$1" in
    outcrop) start_outcrop outcrop "${address[origin]}" on ;;
    registry) start_registry registry "${address[origin]}" on ;;
    nginx) start_nginx nginx "$scratch/www" on ;;
  esac
  took=$(($(now_ms) - start))
}
