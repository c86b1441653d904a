/**
 * What every output of a system declares: its name and what it guarantees to whoever receives it.
 * Knows no output.
 */
@NullMarked
package dev.freshet.core.output;

import org.jspecify.annotations.NullMarked;
