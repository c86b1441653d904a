/** A disk whose power can be cut, for proofs that need one. Must not know what lies on it. */
@NullMarked
package dev.freshet.bench.disk;

import org.jspecify.annotations.NullMarked;
