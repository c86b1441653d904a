/** The proof that no single failed call of the disk loses what was acknowledged. */
@NullMarked
package dev.freshet.bench.iofault;

import org.jspecify.annotations.NullMarked;
