package dev.freshet.kafka.protobuf;

import java.util.Optional;

/**
 * A field of a message.
 *
 * @param number that stands for the name in the binary form
 * @param oneof which of the message's groups of alternatives it belongs to; {@link #ALONE} for none
 * @param absent the value, as it would be written, of a field that is not there; empty for NULL
 */
record ProtoField(
    String name, int number, ProtoType type, Rule rule, int oneof, Optional<byte[]> absent) {
  static final int ALONE = -1;

  /** How often a field may be there. */
  enum Rule {
    /** Once; a message without it is not whole. */
    REQUIRED,
    /** At most once. */
    SINGULAR,
    REPEATED
  }
}
