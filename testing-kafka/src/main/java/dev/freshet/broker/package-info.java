/**
 * A broker and a schema registry to test with: the broker is Kafka itself in this process, the
 * registry a small one that answers what clients ask. Must not know Freshet.
 */
@NullMarked
package dev.freshet.broker;

import org.jspecify.annotations.NullMarked;
