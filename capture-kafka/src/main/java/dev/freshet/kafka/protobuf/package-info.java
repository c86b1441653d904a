/**
 * Values in Protobuf's binary form, straight into columns, by the schema that they were written
 * with. Must not know where they come from.
 */
@NullMarked
package dev.freshet.kafka.protobuf;

import org.jspecify.annotations.NullMarked;
