/**
 * What edges know of each other and fetch from each other.
 *
 * <p>Here belong the membership behind its service interface, the gossip of content journals, the
 * index of who holds what, the choice of the peer to ask, and the swarm that brings each byte over
 * the uplink once per zone.
 */
@NullMarked
package io.outcrop.peering;

import org.jspecify.annotations.NullMarked;
