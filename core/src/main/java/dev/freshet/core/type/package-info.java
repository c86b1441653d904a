/**
 * SQL types, columns and schemas. Knows only errors; must not know how values are laid out in
 * memory.
 */
@NullMarked
package dev.freshet.core.type;

import org.jspecify.annotations.NullMarked;
