/**
 * WITH RECURSIVE: takes recursive queries out of a statement's syntax tree and has their parts
 * compiled each by itself. Knows the syntax tree and our plans, and nothing of how a plan is made.
 */
@NullMarked
package dev.freshet.sql.recursion;

import org.jspecify.annotations.NullMarked;
