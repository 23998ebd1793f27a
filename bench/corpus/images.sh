#!/usr/bin/env bash
# The images of the corpus, as recipes that build calls. Sourced, never run.
#
# They follow the official images of the same name: the same bases, the same order of layers, one layer for each RUN.
# NAME and NAME-before are an image after and before a security update: before has what the release's archive holds.

# By name: the run of debootstrap, suite, pockets (release, or all: with updates and security), the time that nothing
# in it is newer than, and full (with ping and ip), slim (no manuals, no translations) or plain.
# shellcheck disable=SC2034 # read by build
declare -A bases=(
  [bookworm]="bookworm bookworm all 2026-11-16 full"
  [bookworm-slim]="bookworm bookworm all 2026-11-16 slim"
  [bookworm-before]="bookworm-before bookworm release 2026-07-14 full"
  [bookworm-before-slim]="bookworm-before bookworm release 2026-07-14 slim"
  # The same Debian again, made by somebody who keeps the times that files happen to have.
  [bookworm-other]="bookworm-other bookworm all none plain"
  [bullseye]="bullseye bullseye all 2026-11-16 full"
  [bullseye-slim]="bullseye bullseye all 2026-11-16 slim"
  [trixie]="trixie trixie all 2026-11-16 full"
  [trixie-slim]="trixie trixie all 2026-11-16 slim"
)

# shellcheck disable=SC2034 # read by build
images=(
  debian python postgres node openjdk
  memcached httpd redis nginx registry rabbitmq mariadb mysql
  gcc golang ruby php wordpress ghost tomcat flink cassandra
  pyapp pysci postgres-trixie
  python-before postgres-before php-before
)

# user NAME ID HOME: for a layer's script.
user() {
  printf 'groupadd -r -g %s %s; useradd -r -u %s -g %s -d %s -s /bin/sh %s; mkdir -p %s; chown %s:%s %s\n' \
    "$2" "$1" "$2" "$1" "$3" "$1" "$3" "$1" "$1" "$3"
}

# entrypoint: its script, from standard input, as a layer.
entrypoint() {
  layer "cat >/usr/local/bin/docker-entrypoint.sh <<'END'
$(cat)
END
chmod 755 /usr/local/bin/docker-entrypoint.sh"
  configure '.Entrypoint = ["docker-entrypoint.sh"]'
}

# What many official images build upon.
buildpack_curl() { layer 'apt-install ca-certificates curl gnupg netbase tzdata wget'; }
buildpack_scm() {
  buildpack_curl
  layer 'apt-install git mercurial openssh-client procps'
}
buildpack() {
  buildpack_scm
  layer 'apt-install autoconf automake bzip2 default-libmysqlclient-dev dpkg-dev file g++ gcc imagemagick libbz2-dev \
    libc6-dev libcurl4-openssl-dev libffi-dev libgmp-dev liblzma-dev libmagickcore-dev libncurses-dev libpng-dev \
    libpq-dev libreadline-dev libsqlite3-dev libssl-dev libtool libxml2-dev libxslt-dev libyaml-dev make patch unzip \
    xz-utils zlib1g-dev'
}

image_debian() {
  from bookworm
  configure '.Cmd = ["bash"]'
}

image_gcc() {
  from bookworm
  buildpack
  layer 'apt-install gfortran gdb binutils-dev'
  configure '.Cmd = ["bash"]'
}

image_golang() {
  from bookworm
  buildpack_scm
  layer 'apt-install g++ gcc libc6-dev make pkg-config'
  layer 'apt-install golang-go
    mkdir -p /go/src /go/bin && chmod -R 1777 /go'
  configure '.Env += ["GOPATH=/go"] | .WorkingDir = "/go" | .Cmd = ["bash"]'
}

image_ruby() {
  from bookworm-before
  buildpack_curl
  layer 'apt-install libffi-dev libgdbm-dev libgmp-dev libyaml-dev ruby-full bundler'
  layer 'mkdir -p /usr/local/bundle && chmod 1777 /usr/local/bundle'
  configure '.Env += ["BUNDLE_APP_CONFIG=/usr/local/bundle"] | .Cmd = ["irb"]'
}

python() {
  buildpack_scm
  layer 'apt-install libbluetooth-dev tk-dev uuid-dev'
  layer 'apt-install python3 python3-dev python3-pip python3-venv
    ln -s ../../bin/python3 /usr/local/bin/python'
  layer 'mkdir -p /srv/www; echo "it works" >/srv/www/index.html'
  configure '.Cmd = ["python3", "-m", "http.server", "--directory", "/srv/www", "8000"] | .ExposedPorts["8000/tcp"] = {}'
}
image_python() {
  from bookworm
  python
}
image_python-before() {
  from bookworm-before
  python
}

image_pyapp() {
  image_python
  fetch_wheels flask==3.0.3 gunicorn==22.0.0 requests==2.32.3 sqlalchemy==2.0.30
  layer 'python3 -m venv /opt/app
    /opt/app/bin/pip install --no-cache-dir --no-index --find-links=/mnt/wheels flask==3.0.3 gunicorn==22.0.0 \
      requests==2.32.3 sqlalchemy==2.0.30'
  layer 'cat >/opt/app/app.py <<END
from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return "it works"
END'
  configure '.WorkingDir = "/opt/app" | .Cmd = ["/opt/app/bin/gunicorn", "--bind", "0.0.0.0:8000", "app:app"]'
}

image_pysci() {
  image_python
  fetch_wheels numpy==1.26.4 pandas==2.2.2 scipy==1.13.1 matplotlib==3.9.0 requests==2.32.3
  layer 'python3 -m venv /opt/science
    /opt/science/bin/pip install --no-cache-dir --no-index --find-links=/mnt/wheels numpy==1.26.4 pandas==2.2.2 \
      scipy==1.13.1 matplotlib==3.9.0 requests==2.32.3'
  configure '.Cmd = ["/opt/science/bin/python"]'
}

# postgres PACKAGE
postgres() {
  layer "$(user postgres 999 /var/lib/postgresql)"
  layer 'apt-install gosu less libnss-wrapper locales xz-utils zstd
    localedef -i en_US -c -f UTF-8 -A /usr/share/locale/locale.alias en_US.UTF-8'
  layer "apt-install postgresql-common
    sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    apt-install $1
    mkdir -p /var/run/postgresql /var/lib/postgresql/data
    chown -R postgres:postgres /var/run/postgresql /var/lib/postgresql"
  configure '.Env += ["LANG=en_US.utf8", "PGDATA=/var/lib/postgresql/data"] | .Volumes["/var/lib/postgresql/data"] = {}'
  entrypoint <<'SCRIPT'
#!/bin/sh
set -e
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown -R postgres:postgres "$PGDATA" /var/run/postgresql
  exec gosu postgres "$0" "$@"
fi
[ "$1" != postgres ] || [ -s "$PGDATA/PG_VERSION" ] || initdb --auth=trust >/dev/null
exec "$@"
SCRIPT
  configure '.Cmd = ["postgres"] | .ExposedPorts["5432/tcp"] = {} | .StopSignal = "SIGINT"'
}
image_postgres() {
  from bookworm-slim
  postgres postgresql-15
}
image_postgres-before() {
  from bookworm-before-slim
  postgres postgresql-15
}
image_postgres-trixie() {
  from trixie-slim
  postgres postgresql-17
}

image_node() {
  from bookworm-slim
  layer "$(user node 1000 /home/node)"
  layer 'apt-install ca-certificates nodejs npm'
  entrypoint <<'SCRIPT'
#!/bin/sh
set -e
[ "${1#-}" = "$1" ] || set -- node "$@"
exec "$@"
SCRIPT
  layer 'mkdir -p /srv/app; cat >/srv/app/server.js <<END
require("http").createServer((request, response) => response.end("it works\n")).listen(8000);
END'
  configure '.Cmd = ["node", "/srv/app/server.js"] | .ExposedPorts["8000/tcp"] = {}'
}

image_ghost() {
  image_node
  layer 'mkdir -p /var/lib/ghost && cd /var/lib/ghost && npm init -y >/dev/null
    npm install --ignore-scripts --no-audit --no-fund --no-update-notifier express@4.19.2 knex@2.4.2 \
      mysql2@3.9.7 handlebars@4.7.8 lodash@4.17.21 moment-timezone@0.5.45 sharp@0.33.4 nodemailer@6.9.13 winston@3.13.0
    chown -R node:node /var/lib/ghost'
  layer 'cat >/var/lib/ghost/index.js <<END
require("express")().get("/", (request, response) => response.send("it works\n")).listen(2368);
END'
  configure '.WorkingDir = "/var/lib/ghost" | .Cmd = ["node", "index.js"] | .ExposedPorts = {"2368/tcp":{}}'
}

image_openjdk() {
  from bookworm-slim
  layer 'apt-install ca-certificates p11-kit'
  layer 'mkdir -p /usr/share/man/man1; apt-install openjdk-17-jdk-headless'
  layer 'mkdir -p /srv/app; cat >/srv/app/Server.java <<END
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

class Server {
  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(8000), 0);
    server.createContext("/", exchange -> {
      byte[] answer = "it works\\n".getBytes();
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }
}
END'
  configure '.Env += ["JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64"] | .Cmd = ["java", "/srv/app/Server.java"] |
    .ExposedPorts["8000/tcp"] = {}'
}

image_tomcat() {
  image_openjdk
  layer 'apt-install libtcnative-1 tomcat10-user
    tomcat10-instance-create /usr/local/tomcat
    mkdir -p /usr/local/tomcat/webapps/ROOT
    echo "it works" >/usr/local/tomcat/webapps/ROOT/index.html'
  configure '.Env += ["CATALINA_HOME=/usr/share/tomcat10", "CATALINA_BASE=/usr/local/tomcat"] |
    .Cmd = ["/usr/share/tomcat10/bin/catalina.sh", "run"] | .ExposedPorts = {"8080/tcp":{}}'
}

# jre: of bullseye, for what runs on Java 11.
jre() {
  layer 'apt-install ca-certificates p11-kit'
  layer 'mkdir -p /usr/share/man/man1; apt-install openjdk-11-jre-headless'
  configure '.Env += ["JAVA_HOME=/usr/lib/jvm/java-11-openjdk-amd64"]'
}

image_flink() {
  from bullseye-slim
  jre
  layer 'apt-install gosu libsnappy1v5 netcat-openbsd'
  layer "$(user flink 9999 /opt/flink)"
  fetch_jars org.apache.flink:flink-clients:1.20.5
  layer 'mkdir -p /opt/flink/lib /opt/flink/conf && cp /mnt/jars/flink-clients/*.jar /opt/flink/lib/
    printf "jobmanager.rpc.address: localhost\njobmanager.memory.process.size: 1600m\n" >/opt/flink/conf/config.yaml
    chown -R flink:flink /opt/flink'
  configure '.WorkingDir = "/opt/flink" | .ExposedPorts["8081/tcp"] = {} | .Cmd = ["java", "-cp", "/opt/flink/lib/*",
    "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", "--configDir", "/opt/flink/conf"]'
}

image_cassandra() {
  from bullseye-slim
  layer "$(user cassandra 999 /var/lib/cassandra)"
  jre
  layer 'apt-install gosu libjemalloc2 procps python3'
  fetch_jars org.apache.cassandra:cassandra-all:4.1.5
  layer 'mkdir -p /opt/cassandra/lib && cp /mnt/jars/cassandra-all/*.jar /opt/cassandra/lib/
    chown -R cassandra:cassandra /opt/cassandra'
  configure '.Env += ["CASSANDRA_HOME=/opt/cassandra"] | .Volumes["/var/lib/cassandra"] = {} |
    .Cmd = ["java", "-cp", "/opt/cassandra/lib/*", "org.apache.cassandra.tools.NodeTool", "help"]'
}

image_memcached() {
  from trixie-slim
  layer "$(user memcache 11211 /nonexistent)"
  layer 'apt-install memcached libsasl2-modules'
  configure '.User = "memcache" | .Cmd = ["memcached"] | .ExposedPorts["11211/tcp"] = {}'
}

# Runtimes mount a /run of their own, where its lock folder is missing.
apache_command() {
  configure '.Cmd = ["sh", "-c", "mkdir -p -m 1777 /run/lock && exec apachectl -D FOREGROUND"] | .ExposedPorts["80/tcp"] = {} |
    .StopSignal = "SIGWINCH"'
}

image_httpd() {
  from trixie-slim
  layer 'apt-install ca-certificates libaprutil1-ldap libldap-common'
  layer 'apt-install apache2
    ln -sf /dev/stdout /var/log/apache2/access.log && ln -sf /dev/stderr /var/log/apache2/error.log'
  apache_command
}

image_redis() {
  from bookworm-slim
  layer "$(user redis 999 /data)"
  layer 'apt-install gosu tzdata'
  layer 'apt-install redis-server'
  entrypoint <<'SCRIPT'
#!/bin/sh
set -e
[ "${1#-}" = "$1" ] || set -- redis-server "$@"
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown redis /data
  exec gosu redis "$0" "$@"
fi
exec "$@"
SCRIPT
  configure '.Cmd = ["redis-server", "--protected-mode", "no"] | .WorkingDir = "/data" | .ExposedPorts["6379/tcp"] = {}'
}

image_nginx() {
  from bookworm-slim
  layer 'apt-install ca-certificates gettext-base curl
    apt-install nginx libnginx-mod-http-geoip libnginx-mod-http-image-filter libnginx-mod-http-xslt-filter
    ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log'
  layer 'mkdir /docker-entrypoint.d; sed -i "s/^user .*/user www-data;/" /etc/nginx/nginx.conf'
  configure '.Cmd = ["nginx", "-g", "daemon off;"] | .ExposedPorts["80/tcp"] = {} | .StopSignal = "SIGQUIT"'
}

image_registry() {
  from bookworm-other
  layer 'apt-install apache2-utils ca-certificates'
  layer 'apt-install docker-registry'
  layer 'mkdir -p /var/lib/registry; cat >/etc/docker/registry/config.yml <<END
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: true}}
http: {addr: ":5000"}
END'
  configure '.Volumes["/var/lib/registry"] = {} | .Cmd = ["docker-registry", "serve", "/etc/docker/registry/config.yml"] |
    .ExposedPorts["5000/tcp"] = {}'
}

image_rabbitmq() {
  from bookworm-other
  layer "$(user rabbitmq 999 /var/lib/rabbitmq)"
  layer 'apt-install ca-certificates gosu openssl tzdata'
  layer 'apt-install rabbitmq-server'
  configure '.Volumes["/var/lib/rabbitmq"] = {} | .Cmd = ["rabbitmq-server"] | .ExposedPorts["5672/tcp"] = {}'
}

# mariadb PACKAGE
mariadb() {
  layer "$(user mysql 999 /var/lib/mysql)"
  layer 'apt-install gosu libjemalloc2 pwgen tzdata xz-utils zstd'
  layer "apt-install $1
    rm -rf /var/lib/mysql
    mkdir -p /var/lib/mysql /var/run/mysqld
    chown -R mysql:mysql /var/lib/mysql /var/run/mysqld
    find /etc/mysql -name '*.cnf' -exec sed -i 's/^bind-address/#&/' {} +"
  entrypoint <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = mariadbd ] || [ "$1" = mysqld ]; then
  mkdir -p /var/run/mysqld
  chown mysql:mysql /var/lib/mysql /var/run/mysqld
  [ -d /var/lib/mysql/mysql ] || mysql_install_db --user=mysql --datadir=/var/lib/mysql >/dev/null
  exec gosu mysql "$@"
fi
exec "$@"
SCRIPT
  configure '.Volumes["/var/lib/mysql"] = {} | .Cmd = ["mysqld"] | .ExposedPorts["3306/tcp"] = {}'
}
image_mariadb() {
  from bookworm-other
  mariadb mariadb-server
}
image_mysql() {
  from bullseye
  mariadb mariadb-server-10.5
}

php() {
  layer 'apt-install ca-certificates curl xz-utils'
  layer 'apt-install apache2
    ln -sf /dev/stdout /var/log/apache2/access.log && ln -sf /dev/stderr /var/log/apache2/error.log'
  layer 'apt-install libapache2-mod-php php-cli php-curl php-mbstring php-mysql php-xml php-zip
    echo "<?php phpinfo();" >/var/www/html/index.php; rm -f /var/www/html/index.html'
  apache_command
}
image_php() {
  from bookworm-slim
  php
}
image_php-before() {
  from bookworm-before-slim
  php
}

image_wordpress() {
  image_php
  layer 'apt-install ghostscript imagemagick php-gd php-imagick php-intl'
  layer 'apt-install wordpress
    cp -aL /usr/share/wordpress/. /var/www/html/ && rm -f /var/www/html/index.html
    chown -R www-data:www-data /var/www/html'
}
