/** What may be made of bytes that others wrote. Must not know what they are. */
@NullMarked
package dev.freshet.kafka.budget;

import org.jspecify.annotations.NullMarked;
