package io.outcrop.proxy.fill;

import io.outcrop.storage.cache.LinkEstimate;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the bytes of one blob can be had.
 *
 * @param source from outside
 * @param link what is known of the way there
 * @param traffic told when bytes come that a client waits for
 * @param atHand what is here by now, if anything; the reader closes it
 */
record Elsewhere(
    BlobSource source,
    LinkEstimate link,
    ClientTraffic traffic,
    Supplier<Optional<BlobContent>> atHand) {}
