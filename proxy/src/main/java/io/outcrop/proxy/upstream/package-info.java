/**
 * Fetches from registries: endpoints and their health, logins, redirects, limits.
 *
 * <p>Everything blocks and is meant for virtual threads. {@link io.outcrop.proxy.upstream.Upstream}
 * is the way in.
 */
@NullMarked
package io.outcrop.proxy.upstream;

import org.jspecify.annotations.NullMarked;
