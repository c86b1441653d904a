/**
 * The logical plan that SQL becomes and the engine runs: plain data, no library types. Must not
 * know how it is parsed or run.
 */
@NullMarked
package dev.freshet.sql.plan;

import org.jspecify.annotations.NullMarked;
