/**
 * Makes new project folders, empty or from what a database holds. Writes a folder whole or not at
 * all.
 */
@NullMarked
package dev.freshet.runtime.scaffold;

import org.jspecify.annotations.NullMarked;
