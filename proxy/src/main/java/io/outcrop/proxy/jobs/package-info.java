/** Work that takes long, started by operators: how far it is, how it ended, how to end it. */
@NullMarked
package io.outcrop.proxy.jobs;

import org.jspecify.annotations.NullMarked;
