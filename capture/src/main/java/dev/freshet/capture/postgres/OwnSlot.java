package dev.freshet.capture.postgres;

import java.util.Optional;

/**
 * The slot that a source made, as it is remembered: {@code freshet_shop 7413 0/16B3748}.
 *
 * @param systemId the database cluster
 * @param point where the slot began; it stands there until the log has a position of the source
 */
record OwnSlot(String name, long systemId, long point) {
  /** What is remembered, unless it cannot be read: then the slot is taken for someone else's. */
  static Optional<OwnSlot> recall(SlotMemory memory) {
    String[] parts = memory.recall().strip().split(" ", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new OwnSlot(parts[0], Long.parseUnsignedLong(parts[1]), Lsn.parse(parts[2])));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  void remember(SlotMemory memory) {
    memory.remember(name + " " + Long.toUnsignedString(systemId) + " " + Lsn.text(point));
  }

  /** Whether this is the slot of that name, as far as the name tells. */
  boolean isNamed(String slot, Server server) {
    return name.equals(slot) && systemId == server.systemId();
  }

  /**
   * Whether the place of this slot may be taken by a new one: there is none, or it is ours and of
   * no use any more, or the one that we made in its place and never came to read from.
   */
  static boolean mayTakeThePlaceOf(Optional<Slot> slot, SlotMemory memory, Server server) {
    return slot.isEmpty()
        || recall(memory)
            .filter(own ->
                own.isUnread(slot.get(), server)
                    || (slot.get().isLost() && own.isNamed(slot.get().name(), server)))
            .isPresent();
  }

  /** Whether the slot is the very one that was made, and nobody has read from it. */
  boolean isUnread(Slot slot, Server server) {
    return isNamed(slot.name(), server) && slot.confirmed() == point;
  }
}
