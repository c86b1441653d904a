/** Rows as text for people: errors and rejected changes. Knows only batches. */
@NullMarked
package dev.freshet.engine.row;

import org.jspecify.annotations.NullMarked;
