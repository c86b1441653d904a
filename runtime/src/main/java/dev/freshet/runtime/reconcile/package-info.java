/**
 * Compares what is held of a source's tables with what the source holds, at one position, and
 * corrects it. Must not know any one kind of source, nor how a system is put together.
 */
@NullMarked
package dev.freshet.runtime.reconcile;

import org.jspecify.annotations.NullMarked;
