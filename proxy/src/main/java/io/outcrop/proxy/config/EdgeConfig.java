package io.outcrop.proxy.config;

/**
 * Who this edge is.
 *
 * @param id its name among the edges of a site or fleet; the host name unless set
 * @param zone the edges with a good link to each other share one
 */
public record EdgeConfig(String id, String zone) {}
