/**
 * Compares what a project holds with what its log comes to in a fresh engine. Changes nothing of
 * the project. Must not know how a process is asked, nor start one.
 */
@NullMarked
package dev.freshet.runtime.verify;

import org.jspecify.annotations.NullMarked;
