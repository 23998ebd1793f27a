#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# What the corpus scripts share. Sourced, never run.

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# shellcheck source=../../proxy/src/test/scripts/lib.sh
source "$here/../../proxy/src/test/scripts/lib.sh"
self=corpus/$self

# shellcheck disable=SC2034 # read by the scripts that source this file
cache=${CORPUS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/outcrop-corpus}
