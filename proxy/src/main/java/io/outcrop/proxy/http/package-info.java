/** HTTP/1.1 and HTTP/2 service: connections, requests in order, bodies from files as they grow. */
@NullMarked
package io.outcrop.proxy.http;

import org.jspecify.annotations.NullMarked;
