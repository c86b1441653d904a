/**
 * The proof that system calls which fail lose nothing and leave nothing that cannot be recovered:
 * strace lets single calls of an unmodified process fail.
 */
@NullMarked
package dev.freshet.bench.syscall;

import org.jspecify.annotations.NullMarked;
