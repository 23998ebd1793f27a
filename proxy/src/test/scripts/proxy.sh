#!/usr/bin/env bash
# docker-registry as a pull-through proxy of REMOTE_URL: the rival in benchmarks. It refuses to start while
# REMOTE_URL does not answer. Logs as origin.sh does; pass `none` when measuring speed.

usage="usage: proxy.sh start DATA_DIR PORT REMOTE_URL [LOGFILE|none]
       proxy.sh stop DATA_DIR"

# shellcheck source-path=SCRIPTDIR source=registry.sh
source "$(dirname "${BASH_SOURCE[0]}")/registry.sh"

case "${1:-}" in
  start)
    [[ $# -eq 4 || $# -eq 5 ]] || usage_error "wrong number of arguments"
    registry_start "$2" "$3" "$4" "${5:-}"
    ;;
  stop)
    [[ $# -eq 2 ]] || usage_error "wrong number of arguments"
    registry_stop "$2"
    ;;
  *) usage_error "start or stop expected" ;;
esac
