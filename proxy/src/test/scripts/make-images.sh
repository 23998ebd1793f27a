#!/usr/bin/env bash
# Builds the image fixtures once into a cache directory that all tests share. What is there already is kept;
# concurrent callers wait for each other. Needs root (debootstrap, file ownership in layers).
#
#   base      dir:  docker schema 2 manifest, gzip: a Debian minbase root file system + one small layer
#   app       oci:  base's two layers + 20 MB of noise + a layer with whiteouts, gzip
#   zstd      oci:  two zstd layers, shared with nothing
#   multi     oci:  index of linux/amd64 (runs) and linux/arm64 (does not)
#   app-sbom  oci:  artifact whose subject is app, and the index for the fallback tag sha256-<hex>
#   big       oci:  one uncompressed layer of 1 GB noise; made only when asked for
#
# CACHE_DIR/images.tsv and CACHE_DIR/big.tsv list name, reference, manifest digest and source, one image a line.
# All content is deterministic except for what the Debian mirror serves at the time.

usage="usage: make-images.sh [CACHE_DIR [big]]
environment: DEBIAN_MIRROR (default http://deb.debian.org/debian)"

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Raise this when the content below changes: every cache is then rebuilt on its next use.
version=1

# Nothing in a layer is newer than this, so that two builds from the same packages give the same digests.
epoch=1767225600

cache=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/outcrop-test-images}
[[ $# -le 2 && "${2:-big}" == big ]] || usage_error "unknown argument '${2:-}'"
want_big=${2:-}

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
exec 9>"$cache/.lock"
flock 9

has_stamp() { [[ -f "$cache/.stamp-$1" && "$(<"$cache/.stamp-$1")" == "$version" ]]; }

# noise SEED BYTES: incompressible, the same each time, about 1 GB/s. `head` ends openssl by SIGPIPE: no failure here.
noise() {
  { openssl enc -aes-128-ctr -K "$(printf '%032x' "$1")" -iv 0 -nosalt </dev/zero 2>/dev/null || true; } | head -c "$2"
}

# pack TAR DIR [PATH...]
pack() {
  local tar=$1 dir=$2
  shift 2
  tar --create --file "$tar" --directory "$dir" --sort=name --numeric-owner --format=pax \
    --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' \
    --mtime="@$epoch" --clamp-mtime "${@:-.}"
}

# add_blob FILE MEDIA_TYPE: moves FILE into the pool, prints its descriptor.
add_blob() {
  local hex size
  hex=$(sha256_of "$1")
  size=$(stat -c %s "$1")
  mv -f "$1" "$pool/$hex"
  jq -nc --arg t "$2" --arg d "sha256:$hex" --argjson s "$size" '{mediaType:$t,digest:$d,size:$s}'
}

# add_layer TAR COMPRESSION: like add_blob, for an OCI layer; the descriptor carries diffId for write_image to take out.
add_layer() {
  local diff_id type=application/vnd.oci.image.layer.v1.tar
  diff_id=sha256:$(sha256_of "$1")
  case "$2" in
    gzip) gzip -n -6 "$1" && mv "$1.gz" "$1" && type+=+gzip ;;
    zstd) zstd -q -3 --rm "$1" -o "$1.zst" && mv "$1.zst" "$1" && type+=+zstd ;;
    none) ;;
  esac
  add_blob "$1" "$type" | jq -c --arg diff "$diff_id" '. + {diffId:$diff}'
}

# write_image FLAVOUR ARCHITECTURE COMMAND LAYER...: prints the manifest's descriptor, with its platform.
write_image() {
  local flavour=$1 arch=$2 command=$3 layers config config_type manifest_type
  shift 3
  layers=$(printf '%s\n' "$@" | jq -sc .)
  if [[ "$flavour" == docker ]]; then
    manifest_type=application/vnd.docker.distribution.manifest.v2+json
    config_type=application/vnd.docker.container.image.v1+json
    layers=$(jq -c 'map(.mediaType="application/vnd.docker.image.rootfs.diff.tar.gzip")' <<<"$layers")
  else
    manifest_type=application/vnd.oci.image.manifest.v1+json
    config_type=application/vnd.oci.image.config.v1+json
  fi
  jq -nc --argjson layers "$layers" --arg arch "$arch" --arg command "$command" --arg at "$(date -u -d "@$epoch" +%FT%TZ)" '
    {created:$at, architecture:$arch, os:"linux",
     config:{Env:["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd:["/bin/sh","-c",$command]},
     rootfs:{type:"layers", diff_ids:[$layers[].diffId]},
     history:[$layers[] | {created:$at, created_by:"outcrop fixture"}]}' >"$work/config"
  config=$(add_blob "$work/config" "$config_type")
  jq -nc --arg type "$manifest_type" --argjson config "$config" --argjson layers "$layers" '
    {schemaVersion:2, mediaType:$type, config:$config, layers:($layers | map(del(.diffId)))}' >"$work/manifest"
  add_blob "$work/manifest" "$manifest_type" |
    jq -c --arg arch "$arch" '. + {platform:({architecture:$arch, os:"linux"})}'
}

digest_of() { jq -r .digest <<<"$1"; }

# blobs_below HEX: HEX and all that its manifest or index names.
blobs_below() {
  local child
  echo "$1"
  for child in $(jq -r '(.config//empty, .layers[]?) | .digest[7:]' "$pool/$1"); do echo "$child"; done
  for child in $(jq -r '.manifests[]?.digest[7:]' "$pool/$1"); do blobs_below "$child"; done
}

# publish_oci NAME (TAG DESCRIPTOR)...: an OCI image layout; blobs are hard links, so sharing costs nothing.
publish_oci() {
  local name=$1 dir=$work/out hex entries='[]'
  shift
  rm -rf "$dir"
  mkdir -p "$dir/blobs/sha256"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$dir/oci-layout"
  while [[ $# -gt 0 ]]; do
    for hex in $(blobs_below "$(digest_of "$2" | cut -c8-)"); do ln -f "$pool/$hex" "$dir/blobs/sha256/$hex"; done
    entries=$(jq -c --arg tag "$1" --argjson d "$2" \
      '. + [$d + {annotations:{"org.opencontainers.image.ref.name":$tag}}]' <<<"$entries")
    shift 2
  done
  jq -nc --argjson m "$entries" '{schemaVersion:2, mediaType:"application/vnd.oci.image.index.v1+json", manifests:$m}' >"$dir/index.json"
  rm -rf "${cache:?}/$name"
  mv "$dir" "$cache/$name"
}

# publish_dir NAME DESCRIPTOR: skopeo's `dir:`, because an OCI layout does not hold docker manifests.
publish_dir() {
  local dir=$work/out hex manifest
  manifest=$(digest_of "$2" | cut -c8-)
  rm -rf "$dir"
  mkdir -p "$dir"
  echo 'Directory Transport Version: 1.1' >"$dir/version"
  for hex in $(blobs_below "$manifest"); do ln -f "$pool/$hex" "$dir/$hex"; done
  mv "$dir/$manifest" "$dir/manifest.json"
  rm -rf "${cache:?}/$1"
  mv "$dir" "$cache/$1"
}

make_root() {
  say "debootstrap (about 40 s)"
  # In a mount namespace of its own, so that a failure leaves no /proc mounted below the cache.
  SOURCE_DATE_EPOCH=$epoch unshare --mount debootstrap --variant=minbase bookworm "$root" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 || {
    tail -n 5 "$work/debootstrap.log" >&2
    fail "debootstrap"
  }
  # Small, and free of what differs from one build or machine to the next.
  (
    cd "$root"
    rm -rf dev/* run/* tmp/* var/cache/apt/* var/lib/apt/lists/* var/log/* var/cache/ldconfig/aux-cache \
      var/cache/debconf/*-old var/lib/dpkg/*-old etc/*- etc/machine-id etc/resolv.conf \
      usr/share/{doc,info,man,locale,lintian,zoneinfo}/*
    echo outcrop-base >etc/hostname
  )
}

# shell_root DIR: the least that /bin/sh and cat need.
shell_root() {
  mkdir -p "$1"
  tar -C "$root" -c bin lib lib64 usr/bin/sh usr/bin/dash usr/bin/cat usr/lib64/ld-linux-x86-64.so.2 \
    usr/lib/x86_64-linux-gnu/{ld-linux-x86-64.so.2,libc.so.6} | tar -C "$1" -x
}

make_images() {
  local base_layers app_layers zstd_layers base app zstd amd64 arm64 index sbom empty artifact fallback app_digest
  make_root
  say "layers"

  pack "$work/layer" "$root"
  base_layers=("$(add_layer "$work/layer" gzip)")
  mkdir -p "$work/s1/etc/outcrop"
  echo base >"$work/s1/etc/outcrop/fixture"
  pack "$work/layer" "$work/s1"
  base_layers+=("$(add_layer "$work/layer" gzip)")
  base=$(write_image docker amd64 'dpkg --version' "${base_layers[@]}")

  # What a re-layering must get right: hard link, symbolic link, modes, a name beyond ASCII, whiteout, opaque directory.
  mkdir -p "$work/s2/opt/app/data" "$work/s2/etc/outcrop"
  (
    cd "$work/s2/opt/app"
    noise 1 20000000 >noise.bin
    echo 'hello from app' >greeting
    echo old >old.txt
    echo old >data/old.txt
    ln greeting greeting.hard
    ln -s greeting greeting.soft
    echo 'umlaut' >'grüße.txt'
    install -m 4755 /dev/null setuid
    chmod 1770 data
    chown 1000:1001 data
  )
  pack "$work/layer" "$work/s2"
  app_layers=("$(add_layer "$work/layer" gzip)")
  mkdir -p "$work/s3/opt/app/data" "$work/s3/etc/outcrop"
  : >"$work/s3/opt/app/.wh.old.txt"
  : >"$work/s3/opt/app/data/.wh..wh..opq"
  echo new >"$work/s3/opt/app/data/new.txt"
  echo app >"$work/s3/etc/outcrop/fixture"
  pack "$work/layer" "$work/s3"
  app_layers+=("$(add_layer "$work/layer" gzip)")
  app=$(write_image oci amd64 'cat /opt/app/greeting' "${base_layers[@]}" "${app_layers[@]}")
  app_digest=$(digest_of "$app")

  shell_root "$work/s4"
  mkdir -p "$work/s5/opt"
  echo zstd >"$work/s4/fixture"
  pack "$work/layer" "$work/s4"
  zstd_layers=("$(add_layer "$work/layer" zstd)")
  noise 2 3000000 >"$work/s5/opt/noise.bin"
  seq 1 300000 >"$work/s5/opt/numbers.txt"
  pack "$work/layer" "$work/s5"
  zstd_layers+=("$(add_layer "$work/layer" zstd)")
  zstd=$(write_image oci amd64 'cat /fixture' "${zstd_layers[@]}")

  shell_root "$work/s6"
  echo linux/amd64 >"$work/s6/fixture"
  pack "$work/layer" "$work/s6"
  amd64=$(write_image oci amd64 'cat /fixture' "$(add_layer "$work/layer" gzip)")
  mkdir -p "$work/s7/bin"
  echo linux/arm64 >"$work/s7/fixture"
  noise 3 500000 >"$work/s7/bin/sh"
  pack "$work/layer" "$work/s7"
  arm64=$(write_image oci arm64 'cat /fixture' "$(add_layer "$work/layer" gzip)")
  index=$(write_index "$amd64" "$arm64")

  echo '{"spdxVersion":"SPDX-2.3","name":"app"}' >"$work/sbom"
  sbom=$(add_blob "$work/sbom" application/spdx+json)
  printf '{}' >"$work/empty"
  empty=$(add_blob "$work/empty" application/vnd.oci.empty.v1+json)
  jq -nc --argjson config "$empty" --argjson layer "$sbom" --argjson subject "$app" '
    {schemaVersion:2, mediaType:"application/vnd.oci.image.manifest.v1+json",
     artifactType:"application/vnd.example.sbom.v1", config:$config, layers:[$layer],
     subject:($subject | del(.platform)), annotations:{"org.example.kind":"sbom"}}' >"$work/manifest"
  artifact=$(add_blob "$work/manifest" application/vnd.oci.image.manifest.v1+json |
    jq -c '. + {artifactType:"application/vnd.example.sbom.v1", annotations:{"org.example.kind":"sbom"}}')
  fallback=$(write_index "$artifact")

  publish_dir base "$base"
  publish_oci app 1 "$app"
  publish_oci zstd 1 "$zstd"
  publish_oci multi 1 "$index"
  publish_oci app-sbom artifact "$(jq -c 'del(.annotations)' <<<"$artifact")" fallback "$fallback"
  {
    printf '%s\t%s\t%s\t%s\n' library/base 1 "$(digest_of "$base")" "dir:base"
    printf '%s\t%s\t%s\t%s\n' org/app 1 "$app_digest" "oci:app:1"
    printf '%s\t%s\t%s\t%s\n' org/zstd 1 "$(digest_of "$zstd")" "oci:zstd:1"
    printf '%s\t%s\t%s\t%s\n' org/multi 1 "$(digest_of "$index")" "oci:multi:1"
    printf '%s\t%s\t%s\t%s\n' org/app "$(digest_of "$artifact")" "$(digest_of "$artifact")" "blobs:app-sbom"
    printf '%s\t%s\t%s\t%s\n' org/app "${app_digest/:/-}" "$(digest_of "$fallback")" "blobs:app-sbom"
  } >"$cache/images.tsv"
}

# write_index DESCRIPTOR...
write_index() {
  printf '%s\n' "$@" | jq -sc '{schemaVersion:2, mediaType:"application/vnd.oci.image.index.v1+json", manifests:.}' >"$work/index"
  add_blob "$work/index" application/vnd.oci.image.index.v1+json
}

make_big() {
  local big
  say "1 GB layer (about 10 s)"
  mkdir -p "$work/s8"
  noise 4 1000000000 >"$work/s8/big.bin"
  pack "$work/layer" "$work/s8" big.bin
  rm "$work/s8/big.bin"
  big=$(write_image oci amd64 true "$(add_layer "$work/layer" none)")
  publish_oci big 1 "$big"
  printf '%s\t%s\t%s\t%s\n' org/big 1 "$(digest_of "$big")" "oci:big:1" >"$cache/big.tsv"
}

# build NAME FUNCTION: the stamp is written last; without it the next caller starts over.
build() {
  has_stamp "$1" && return
  rm -f "$cache/.stamp-$1"
  "$2"
  echo "$version" >"$cache/.stamp-$1"
}

if has_stamp images && { [[ -z "$want_big" ]] || has_stamp big; }; then exit 0; fi

need_root
need debootstrap jq openssl tar gzip zstd unshare
umask 022
# What an interrupted build left behind.
rm -rf "$cache"/.build.*
work=$(mktemp -d "$cache/.build.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
pool=$work/pool
root=$work/root
mkdir "$pool"
started=$(now_ms)

build images make_images
[[ -z "$want_big" ]] || build big make_big
say "built in $(($(now_ms) - started)) ms: $cache"
