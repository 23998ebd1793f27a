#!/usr/bin/env bash
# The origin registry of the real-program tests: docker-registry on 127.0.0.1, everything it keeps under DATA_DIR.
#
# LOGFILE (default DATA_DIR/access.log) gets one combined-format line per request, for example
#   127.0.0.1 - - [date] "GET /v2/org/app/manifests/1 HTTP/1.1" 200 1234 "" "skopeo/1.9.3"
# and is empty when start returns; `none` switches it off. HEAD and GET are told apart by the method.

usage="usage: origin.sh start DATA_DIR PORT [LOGFILE|none]
       origin.sh stop DATA_DIR"

# shellcheck source-path=SCRIPTDIR source=registry.sh
source "$(dirname "${BASH_SOURCE[0]}")/registry.sh"

case "${1:-}" in
  start)
    [[ $# -eq 3 || $# -eq 4 ]] || usage_error "wrong number of arguments"
    registry_start "$2" "$3" "" "${4:-}"
    ;;
  stop)
    [[ $# -eq 2 ]] || usage_error "wrong number of arguments"
    registry_stop "$2"
    ;;
  *) usage_error "start or stop expected" ;;
esac
