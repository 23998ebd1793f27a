#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# The servers, the images and the load that run, profile and conformance share. Sourced, never run.

bench=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
home=$(dirname "$bench")

# shellcheck source=../proxy/src/test/scripts/lib.sh
source "$home/proxy/src/test/scripts/lib.sh"
self=bench/$self

# Nothing here leaves this machine, and no proxy is to stand between a client and a server.
direct() { env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY -u all_proxy -u ALL_PROXY "$@"; }

# By the name of a server: its process, where it listens, and what it keeps.
declare -A pid=() address=() data=()
declare -A admin=()
scratch=
netns=

# begin: makes the folder of all that is temporary. BENCH_DIR chooses the file system, which matters: stores are synced.
begin() {
  scratch=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/outcrop-bench.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

clean_up() {
  local server
  for server in "${!pid[@]}"; do stop_server "$server"; done
  [[ -z "$netns" ]] || ip netns del "$netns" 2>/dev/null || true
  rm -rf --one-file-system "$scratch"
}

# build: Outcrop as its launcher builds it. Sets java_home to the JDK that the launcher chose.
build() {
  local out
  say "building Outcrop"
  out=$(OUTCROP_JAVA_OPTS=-XshowSettings:properties "$home/outcrop" --version 2>&1) || {
    printf '%s\n' "$out" >&2
    fail "Outcrop cannot be built"
  }
  java_home=$(sed -n 's/^ *java\.home = //p' <<<"$out")
}

# build_tools: the load programs.
build_tools() {
  local tools=$bench/target/tools jars
  mkdir -p "$tools"
  jars=$(printf '%s:' "$home"/proxy/target/lib/*.jar)
  "$java_home/bin/javac" -proc:none -d "$tools" -cp "$jars" "$bench"/src/main/java/io/outcrop/bench/{,crash/}*.java
  # The first compiler is enough for a client that waits for the kernel, and leaves the cores to the server.
  java=("$java_home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m
    --enable-native-access=ALL-UNNAMED -cp "$tools:$jars")
}

load() { "${java[@]}" io.outcrop.bench.Load "$@"; }

# free_port: sets `port`. Below the range that the kernel gives to clients.
free_port() {
  while :; do
    port=$((RANDOM % 10000 + 20000))
    listens "127.0.0.1:$port" || return 0
  done
}

# launch SERVER HOST:PORT COMMAND...: in the background, in a session of its own, so that Ctrl-C reaches this script only.
launch() {
  local server=$1
  address[$server]=$2
  shift 2
  setsid "$@" </dev/null >>"$scratch/$server.out" 2>>"$scratch/$server.err" &
  pid[$server]=$!
}

# await SERVER HOST:PORT PATH: looks every few milliseconds, as the time until then is measured too.
await() {
  local deadline=$(($(now_ms) + 60000))
  until http_ok "$2" "$3"; do
    if gone "${pid[$1]}" || (($(now_ms) > deadline)); then
      tail -n 5 "$scratch/$1.out" "$scratch/$1.err" >&2
      fail "$1 does not start"
    fi
    sleep 0.005
  done
}

# http_ok HOST:PORT PATH, without a process of its own.
http_ok() {
  local line=
  {
    {
      printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
      read -r -t 5 line <&3
    } 3<>"/dev/tcp/${1%:*}/${1##*:}"
  } 2>/dev/null || return 1
  [[ $line == 'HTTP/1.1 200 '* ]]
}

stop_server() {
  [[ -n ${pid[$1]:-} ]] || return 0
  stop_process "${pid[$1]}" || true
  unset "pid[$1]"
}

# start_outcrop SERVER ORIGIN_HOST:PORT on|off: with everything at its default but where things are, and the access
# log to a file or off.
start_outcrop() {
  local server=$1 log=off
  data[$server]=${data[$server]:-$scratch/$server}
  [[ $3 == off ]] || log=$scratch/$server.access.log
  free_port
  admin[$server]=127.0.0.1:$port
  free_port
  cat >"$scratch/$server.yaml" <<CONFIG
edge: {id: bench}
registry: {listen: "127.0.0.1:$port", accessLog: "$log"}
admin: {listen: "${admin[$server]}"}
storage: {path: "${data[$server]}", capacity: 50GiB}
defaultNamespace: bench.test
upstreams:
  - {namespace: bench.test, endpoints: ["http://$2"], proxy: direct}
CONFIG
  launch "$server" "127.0.0.1:$port" "$home/outcrop" serve --config "$scratch/$server.yaml"
  await "$server" "${admin[$server]}" /readyz
}

# start_registry SERVER REMOTE_HOST:PORT|'' on|off [IP]: docker-registry, as a proxy of REMOTE, or else as an origin.
# With an IP it runs behind the link.
start_registry() {
  local server=$1 ip=${4:-127.0.0.1} inside=()
  need docker-registry
  data[$server]=${data[$server]:-$scratch/$server}
  free_port
  [[ $# -lt 4 ]] || inside=(ip netns exec "$netns")
  cat >"$scratch/$server.yaml" <<CONFIG
version: 0.1
log: {level: warn, accesslog: {disabled: $([[ $3 == on ]] && echo false || echo true)}}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: "${data[$server]}"}
  delete: {enabled: false}
  maintenance: {uploadpurging: {enabled: false}}
http: {addr: "$ip:$port", secret: bench}
CONFIG
  [[ -z $2 ]] || printf 'proxy: {remoteurl: "http://%s"}\n' "$2" >>"$scratch/$server.yaml"
  # Variables of the caller named REGISTRY_* would go over the file.
  launch "$server" "$ip:$port" env -i PATH="$PATH" HOME="$scratch" "${inside[@]}" docker-registry serve "$scratch/$server.yaml"
  await "$server" "$ip:$port" /v2/
}

# start_nginx SERVER ROOT on|off: static files by sendfile, as many workers as there are cores, all else as nginx has it.
start_nginx() {
  local server=$1 log=off
  need nginx
  free_port
  [[ $3 == off ]] || log=$scratch/$server.access.log
  mkdir -p "$2/v2" "$scratch/$server"
  echo '{}' >"$2/v2/index.html"
  cat >"$scratch/$server.conf" <<CONFIG
$([[ $EUID -ne 0 ]] || echo "user root;")
daemon off;
worker_processes auto;
pid $scratch/$server/pid;
error_log $scratch/$server.err;
events { worker_connections 1024; }
http {
  access_log $log;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
  client_body_temp_path $scratch/$server/body;
  proxy_temp_path $scratch/$server/proxy;
  fastcgi_temp_path $scratch/$server/fastcgi;
  uwsgi_temp_path $scratch/$server/uwsgi;
  scgi_temp_path $scratch/$server/scgi;
  server {
    listen 127.0.0.1:$port;
    root $2;
    location ~ /manifests/ { default_type application/vnd.oci.image.manifest.v1+json; }
  }
}
CONFIG
  launch "$server" "127.0.0.1:$port" nginx -c "$scratch/$server.conf"
  await "$server" "127.0.0.1:$port" /v2/
}

# processes SERVER: its own and those it started.
processes() { cat <(echo "${pid[$1]}") "/proc/${pid[$1]}/task/${pid[$1]}/children" 2>/dev/null | tr -s ' ' '\n'; }

# cpu_ms SERVER: processor time so far. Work in interrupts on its behalf is mostly not in it.
cpu_ms() {
  local process total=0 fields
  for process in $(processes "$1"); do
    # What stands before the last parenthesis is the program's name, which may hold blanks.
    fields=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null) || continue
    read -ra fields <<<"$fields"
    total=$((total + fields[11] + fields[12]))
  done
  echo $((total * 1000 / $(getconf CLK_TCK)))
}

# memory_mb SERVER [VmRSS|VmHWM]
memory_mb() {
  local process
  for process in $(processes "$1"); do
    grep -h "^${2:-VmRSS}:" "/proc/$process/status" 2>/dev/null || true
  done | awk '{ kb += $2 } END { printf "%.1f\n", kb / 1024 }'
}

# noise SEED BYTES: incompressible, and the same each time.
noise() {
  { openssl enc -aes-128-ctr -K "$(printf '%032x' "$1")" -iv 0 -nosalt </dev/zero 2>/dev/null || true; } | head -c "$2"
}

# add_blob DIR FILE MEDIA_TYPE: moves FILE into an image of skopeo's `dir:` form, prints its descriptor.
add_blob() {
  local hex
  hex=$(sha256_of "$2")
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%d}' "$3" "$hex" "$(stat -c %s "$2")"
  mv -f "$2" "$1/$hex"
}

# write_manifest DIR SEED LAYER_DESCRIPTOR...
write_manifest() {
  local dir=$1 seed=$2 config
  shift 2
  printf '{"architecture":"amd64","os":"linux","config":{"Labels":{"seed":"%s"}},"rootfs":{"type":"layers","diff_ids":[]}}' "$seed" >"$dir/config"
  config=$(add_blob "$dir" "$dir/config" application/vnd.oci.image.config.v1+json)
  echo 'Directory Transport Version: 1.1' >"$dir/version"
  printf '%s\n' "$@" | jq -sc --argjson config "$config" \
    '{schemaVersion:2, mediaType:"application/vnd.oci.image.manifest.v1+json", config:$config, layers:.}' >"$dir/manifest.json"
}

readonly layer_type=application/vnd.oci.image.layer.v1.tar

# make_image DIR SEED BYTES...: an image with a layer of noise of each size.
make_image() {
  local dir=$1 seed=$2 size layers=() i=0
  shift 2
  mkdir -p "$dir"
  for size in "$@"; do
    noise $((seed * 100 + i++)) "$size" >"$dir/layer"
    layers+=("$(add_blob "$dir" "$dir/layer" "$layer_type")")
  done
  write_manifest "$dir" "$seed" "${layers[@]}"
}

push_image() { # DIR REPOSITORY:TAG ORIGIN_SERVER
  direct skopeo --insecure-policy --tmpdir "$scratch" copy --quiet --preserve-digests --dest-tls-verify=false \
    "dir:$1" "docker://${address[$3]}/$2" || fail "push of $2"
}

# push_blob FILE REPOSITORY ORIGIN_SERVER: prints its path at a registry. No manifest names it.
push_blob() {
  local digest location
  digest=sha256:$(sha256_of "$1")
  location=$(direct curl -fsS -X POST -o /dev/null -w '%header{location}' "http://${address[$3]}/v2/$2/blobs/uploads/")
  [[ $location == http* ]] || location=http://${address[$3]}$location
  [[ $location == *\?* ]] && location+='&' || location+='?'
  direct curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "${location}digest=$digest"
  echo "/v2/$2/blobs/$digest"
}

# check_same HOST:PORT PATH SHA256: a fast answer that is a wrong one is none. It also brings the content into a proxy.
check_same() {
  local got
  got=$(direct curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json, */*' "http://$1$2" | sha256sum | cut -d' ' -f1)
  [[ $got == "$3" ]] || fail "http://$1$2 has sha256:$got, sha256:$3 expected"
}
