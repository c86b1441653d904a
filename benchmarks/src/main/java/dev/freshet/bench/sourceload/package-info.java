/**
 * {@code ./prove capture}: sources of all kinds under random loads, ended again and again, deliver
 * every change once and in order. A source is closed in this process, which lives on; what its log
 * had not acknowledged may be lost, as by a kill.
 */
@NullMarked
package dev.freshet.bench.sourceload;

import org.jspecify.annotations.NullMarked;
