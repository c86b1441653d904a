/** What checkpoints cost while all runs, and what they give after a kill. */
@NullMarked
package dev.freshet.bench.recovery;

import org.jspecify.annotations.NullMarked;
