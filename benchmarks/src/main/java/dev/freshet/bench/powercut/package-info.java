/**
 * The proof that a power cut loses nothing that was acknowledged: the state lies on a file system
 * in a file, and a copy of that file, taken while the process stands still, is what the disk had
 * got.
 */
@NullMarked
package dev.freshet.bench.powercut;

import org.jspecify.annotations.NullMarked;
