/**
 * A short life of a project for the launcher's start-up cache. Must not know the commands: they
 * pass in what they want to rehearse beside the running project.
 */
@NullMarked
package dev.freshet.demo.rehearsal;

import org.jspecify.annotations.NullMarked;
