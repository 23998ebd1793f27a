#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # it shares variables with run and lib.sh
# A cached manifest by tag: requests a second, and the slowest in a hundred. Sourced by run.

measure_manifest() {
  local log
  for log in off on; do manifest_with_log "$log"; done
}

manifest_with_log() { # on|off
  local server repeat sum path=/v2/bench/manifest/manifests/1 words="no access log"
  [[ $1 == off ]] || words="access log"
  rm -rf "$scratch/image" "$scratch/www"
  unset 'data[outcrop]' 'data[registry]' 'data[origin]'
  rm -rf --one-file-system "$scratch"/{origin,outcrop,registry}
  start_registry origin '' off
  # Ten layers are what an ordinary image has, give or take.
  make_image "$scratch/image" 2 1000 1001 1002 1003 1004 1005 1006 1007 1008 1009
  push_image "$scratch/image" bench/manifest:1 origin
  sum=$(sha256_of "$scratch/image/manifest.json")

  start_outcrop outcrop "${address[origin]}" "$1"
  start_registry registry "${address[origin]}" "$1"
  mkdir -p "$(dirname "$scratch/www$path")"
  cp "$scratch/image/manifest.json" "$scratch/www$path"
  start_nginx nginx "$scratch/www" "$1"
  for server in outcrop registry nginx; do
    check_same "${address[$server]}" "$path" "$sum"
    wrk_once "$server" "$path" "$warm_up"
  done

  for ((repeat = 1; repeat <= repeats; repeat++)); do
    for server in outcrop registry nginx; do
      # A log that grows for the whole run would fill the page cache.
      : >"$scratch/$server.access.log"
      wrk_once "$server" "$path" "$seconds"
      record "requests/s, $words" 1/s "$server" "$repeat" "$rate"
      record "p99, $words" ms "$server" "$repeat" "$p99"
      record "server CPU, $words" µs "$server" "$repeat" "$cpu_each"
    done
  done
  if [[ $1 == on ]]; then
    # Outcrop drops lines rather than let a client wait for the disk; how many, in the last run.
    record "access log lines ÷ requests" ratio outcrop 1 \
      "$(ratio "$(wc -l <"$scratch/outcrop.access.log")" "$outcrop_requests")"
    record "access log lines ÷ requests" ratio nginx 1 \
      "$(ratio "$(wc -l <"$scratch/nginx.access.log")" "$nginx_requests")"
  fi
  for server in outcrop registry nginx origin; do stop_server "$server"; done
}

# wrk_once SERVER PATH SECONDS: sets rate, p99 and cpu_each.
wrk_once() {
  local before after requests out=$scratch/wrk
  before=$(cpu_ms "$1")
  wrk -t1 -c32 -d"$3s" --timeout 10s --latency -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "http://${address[$1]}$2" >"$out"
  after=$(cpu_ms "$1")
  if grep -E 'Non-2xx|Socket errors' "$out" >&2; then fail "$1 does not answer all requests"; fi
  requests=$(awk '/requests in/ { print $1 }' "$out")
  declare -g "$1_requests=$requests"
  rate=$(awk '/^Requests\/sec/ { print $2 }' "$out")
  p99=$(awk '$1 == "99%" { v = $2 + 0; if ($2 ~ /us$/) v /= 1000; else if ($2 !~ /ms$/) v *= 1000; print v }' "$out")
  cpu_each=$(ratio $(((after - before) * 1000)) "$requests" 1)
}
