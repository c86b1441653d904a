/**
 * {@code ./bench pipeline}: from a commit in PostgreSQL to a gold model, on the command that users
 * run. Must not look into the running process: it asks over HTTP, as a user would.
 */
@NullMarked
package dev.freshet.bench.pipeline;

import org.jspecify.annotations.NullMarked;
