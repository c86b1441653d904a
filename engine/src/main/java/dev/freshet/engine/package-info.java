/**
 * The incremental engine: tables and views that always equal their queries, moved forward step by
 * step. Knows core and the logical plan; must not know where changes come from, who reads results,
 * or SQL text.
 */
@NullMarked
package dev.freshet.engine;

import org.jspecify.annotations.NullMarked;
