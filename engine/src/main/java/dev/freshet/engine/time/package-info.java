/**
 * Event time: how far tables and views have come, from the times in their rows. Knows no plans and
 * no dataflow, and reads no clock: processing times are given to it.
 */
@NullMarked
package dev.freshet.engine.time;

import org.jspecify.annotations.NullMarked;
