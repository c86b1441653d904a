/**
 * The ports to time, storage and threads, and their real implementations. Must not know who uses
 * them.
 */
@NullMarked
package dev.freshet.core.port;

import org.jspecify.annotations.NullMarked;
