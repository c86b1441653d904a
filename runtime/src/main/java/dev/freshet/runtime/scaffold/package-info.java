/**
 * Makes new project folders: empty, from what a database holds, or for rows that are posted. Writes
 * a folder whole or not at all.
 */
@NullMarked
package dev.freshet.runtime.scaffold;

import org.jspecify.annotations.NullMarked;
