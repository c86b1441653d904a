/**
 * Holds the arrows between modules, as the design lists them, against the compiled classes of all
 * modules.
 */
@NullMarked
package dev.freshet.architecture;

import org.jspecify.annotations.NullMarked;
