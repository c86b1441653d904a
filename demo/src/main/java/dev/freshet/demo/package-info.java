/**
 * What {@code freshet demo} consists of apart from Freshet itself: the shop's database and workload
 * in {@link dev.freshet.demo.shop}, the comparison with PostgreSQL's own answers in {@link
 * dev.freshet.demo.verify}. Must not know the engine or the runtime: whoever runs them joins the
 * parts.
 */
@NullMarked
package dev.freshet.demo;

import org.jspecify.annotations.NullMarked;
