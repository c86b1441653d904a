/**
 * Carries a source's change sets into the log, and the log's durability back to the source. Must
 * not know any one source.
 */
@NullMarked
package dev.freshet.runtime.feed;

import org.jspecify.annotations.NullMarked;
