/**
 * The proof that memory, file handles and threads stay flat however long a project runs and however
 * often it is killed.
 */
@NullMarked
package dev.freshet.bench.soak;

import org.jspecify.annotations.NullMarked;
