/**
 * The module's front: SQL text in, plans and statements out. Must not know how plans are run, nor
 * where tables come from; nothing outside of this module sees Calcite.
 */
@NullMarked
package dev.freshet.sql;

import org.jspecify.annotations.NullMarked;
