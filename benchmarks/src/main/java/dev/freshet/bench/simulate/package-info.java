/**
 * The proof that the step transaction survives crashes and faults of the disk: log, engine and lake
 * run in one thread on simulated ports under a seed, and every state that they show is compared
 * with a naive model. Must not know PostgreSQL or the edges.
 */
@NullMarked
package dev.freshet.bench.simulate;

import org.jspecify.annotations.NullMarked;
