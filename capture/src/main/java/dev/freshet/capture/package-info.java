/**
 * What every source of changes has in common: a source checks itself, names its tables, and
 * delivers change sets to a sink that makes them durable. Must not know any particular source, nor
 * the log.
 */
@NullMarked
package dev.freshet.capture;

import org.jspecify.annotations.NullMarked;
