/**
 * The freshet command: reads arguments, calls runtime and demo, prints. Holds no logic of its own
 * and knows no edge.
 */
@NullMarked
package dev.freshet.cli;

import org.jspecify.annotations.NullMarked;
