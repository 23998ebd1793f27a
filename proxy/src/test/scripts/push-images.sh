#!/usr/bin/env bash
# Pushes all fixtures of CACHE_DIR to a registry over plain HTTP, byte for byte, and prints for each
#   name <TAB> reference <TAB> manifest digest
# where reference is a tag, or a digest for what has no tag. PREFIX goes before each repository name: a registry
# holding PREFIX/org/app answers as a mirror does that maps /v2/<namespace>/<repository>.

usage="usage: push-images.sh CACHE_DIR HOST:PORT [PREFIX]
environment: SKIP_BIG (yes: without the 1 GB image)"

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $# -eq 2 || $# -eq 3 ]] || usage_error "wrong number of arguments"
cache=$1
registry=$2
prefix=${3:+${3%/}/}
need skopeo jq curl sha256sum
[[ -f "$cache/.stamp-images" ]] || fail "no images in $cache: run make-images.sh first"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$tmp/policy.json"

push_image() { # SOURCE REPOSITORY TAG
  local transport=${1%%:*} path=${1#*:}
  skopeo --policy "$tmp/policy.json" --tmpdir "$tmp" copy --quiet --all --preserve-digests --dest-tls-verify=false \
    "$transport:$cache/$path" "docker://$registry/$2:$3" || fail "push of $2:$3"
}

# skopeo 1.9 knows no artifacts, so that these go by plain requests: blobs first, manifests after.
push_raw() { # LAYOUT REPOSITORY REFERENCE DIGEST
  local blobs=$cache/$1/blobs/sha256 manifest type hex location
  manifest=$blobs/${4#sha256:}
  type=$(jq -r .mediaType "$manifest")
  for hex in $(jq -r '(.config//empty, .layers[]?) | .digest[7:]' "$manifest"); do
    location=$(curl -fsS -X POST -o /dev/null -w '%header{location}' "http://$registry/v2/$2/blobs/uploads/")
    [[ "$location" == http* ]] || location=http://$registry$location
    [[ "$location" == *\?* ]] && location+='&' || location+='?'
    curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$blobs/$hex" "${location}digest=sha256:$hex" ||
      fail "push of blob $hex to $2"
  done
  curl -fsS -X PUT -H "Content-Type: $type" --data-binary "@$manifest" "http://$registry/v2/$2/manifests/$3" ||
    fail "push of $2 $3"
}

check() { # REPOSITORY REFERENCE DIGEST
  local found
  found=$(curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json' -H 'Accept: application/vnd.oci.image.index.v1+json' \
    -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    "http://$registry/v2/$1/manifests/$2" | sha256sum | cut -d' ' -f1)
  [[ "sha256:$found" == "$3" ]] || fail "$1 $2 is sha256:$found at $registry, pushed as $3"
}

lists=("$cache/images.tsv")
[[ ! -f "$cache/.stamp-big" || "${SKIP_BIG:-}" == yes ]] || lists+=("$cache/big.tsv")
while IFS=$'\t' read -r name reference digest source; do
  case "$source" in
    blobs:*) push_raw "${source#blobs:}" "$prefix$name" "$reference" "$digest" ;;
    *) push_image "$source" "$prefix$name" "$reference" ;;
  esac
  check "$prefix$name" "$reference" "$digest"
  printf '%s\t%s\t%s\n' "$prefix$name" "$reference" "$digest"
done < <(cat "${lists[@]}")
