#!/usr/bin/env bash
# shellcheck disable=SC2034,SC2154 # it shares variables with run and lib.sh
# An image that no proxy has yet: how long until a client has it, with the origin next door and behind a link.
# Sourced by run.

measure_cold() {
  local link links=(loopback)
  fixture
  if open_link; then links+=(1gbit 100mbit); else say "no root or no network namespaces: without a link"; fi
  start_registry store '' off
  for link in "${links[@]}"; do cold_over "$link"; done
}

# The image is the fixture of the tests: Debian's base system and 20 MB more. Its layers get a few bytes each time, as
# a further member of the gzip stream, so that a proxy has seen none of them.
fixture() {
  local cache=${BENCH_IMAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/outcrop-test-images}
  "$home/proxy/src/test/scripts/make-images.sh" "$cache"
  fixture_blobs=$cache/app/blobs/sha256
  fixture_manifest=$fixture_blobs/$(jq -r '.manifests[0].digest[7:]' "$cache/app/index.json")
}

fresh_image() { # DIR NAME
  local hex layers=()
  rm -rf "$1"
  mkdir -p "$1"
  for hex in $(jq -r '.layers[].digest[7:]' "$fixture_manifest"); do
    { cat "$fixture_blobs/$hex" && gzip -n <<<"$2"; } >"$1/layer"
    layers+=("$(add_blob "$1" "$1/layer" "$layer_type+gzip")")
  done
  write_manifest "$1" "$2" "${layers[@]}"
}

# A namespace with the origin in it, and a pair of interfaces in between. The addresses are those of RFC 2544.
open_link() {
  [[ $EUID -eq 0 ]] && command -v ip >/dev/null && command -v tc >/dev/null || return 1
  netns=outcrop-bench-$$
  ip netns add "$netns" && link_device=ocb$((RANDOM))
  ip link add "$link_device" type veth peer name origin netns "$netns" &&
    ip addr add 198.18.77.1/30 dev "$link_device" && ip link set "$link_device" up &&
    ip -n "$netns" addr add 198.18.77.2/30 dev origin && ip -n "$netns" link set origin up &&
    ip -n "$netns" link set lo up
}

shape_link() { # RATE
  # The burst is what the kernel hands over at once; smaller than a segment and nothing would pass.
  ip netns exec "$netns" tc qdisc replace dev origin root tbf rate "$1" burst 256kb latency 100ms
}

unshape_link() { ip netns exec "$netns" tc qdisc del dev origin root 2>/dev/null || true; }

cold_over() { # LINK
  local link=$1 i server images=() firsts=() first
  # A second origin over the same files, this one behind the link.
  data[origin]=${data[store]}
  if [[ $link == loopback ]]; then
    start_registry origin '' off
  else
    unshape_link
    start_registry origin '' off 198.18.77.2
  fi
  start_outcrop outcrop "${address[origin]}" off
  start_registry registry "${address[origin]}" off

  for ((i = 0; i < warm_pulls + repeats; i++)); do
    fresh_image "$scratch/image" "$link-$i"
    push_image "$scratch/image" "bench/cold:$link-$i" store
    images+=("bench/cold:$link-$i")
    noise "$((RANDOM * 32768 + RANDOM))" 2000000 >"$scratch/blob"
    first=$(push_blob "$scratch/blob" bench/first store)
    firsts+=("$first")
  done
  # A server that has been up for a while is not in its first pull; the first ones are not counted.
  for ((i = 0; i < warm_pulls; i++)); do
    for server in outcrop registry origin; do
      pull "$server" "${images[i]}" && load first-byte "${address[$server]}" "${firsts[i]}" >"$scratch/first"
    done
  done
  [[ $link == loopback ]] || shape_link "$link"
  for ((i = warm_pulls; i < warm_pulls + repeats; i++)); do
    for server in outcrop registry origin; do
      pull "$server" "${images[i]}"
      record "$link, pull" s "$server" $((i - warm_pulls + 1)) "$took"
    done
    for server in outcrop registry origin; do
      load first-byte "${address[$server]}" "${firsts[i]}" >"$scratch/first"
      record "$link, first byte" ms "$server" $((i - warm_pulls + 1)) "$(<"$scratch/first")"
    done
  done
  for server in outcrop registry origin; do
    stop_server "$server"
    unset "data[$server]"
  done
  rm -rf --one-file-system "$scratch"/{outcrop,registry}
}

# pull SERVER REPOSITORY:TAG: sets took. skopeo checks every digest.
pull() {
  local start
  rm -rf "$scratch/pulled"
  start=$(now_ms)
  direct skopeo --insecure-policy --tmpdir "$scratch" copy --quiet --preserve-digests --src-tls-verify=false \
    "docker://${address[$1]}/$2" "dir:$scratch/pulled" || fail "pull of $2 from $1"
  took=$(ratio $(($(now_ms) - start)) 1000)
  # What one server left to be written, or still fetches for itself, must not slow the next one down.
  sync -f "$scratch"
  wait_until 60 quiet origin || fail "the origin is asked for more and more"
}

# quiet SERVER: whether it reads nothing for a while, neither from its files nor from its connections.
quiet() {
  local before
  before=$(bytes_read "$1")
  sleep 0.3
  [[ $(bytes_read "$1") == "$before" ]]
}

bytes_read() { awk '/^rchar/ { print $2 }' "/proc/${pid[$1]}/io"; }
