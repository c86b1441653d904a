package dev.freshet.capture;

import dev.freshet.core.change.ChangeSet.Part;
import java.util.List;

/** Where a source begins. */
public sealed interface Resume {
  /**
   * The log has nothing complete of this source: begin with a snapshot.
   *
   * @param parts the positions of the parts that it has of an incomplete transaction, in their
   *     order; always empty for a source that does not go on there
   */
  record FromNothing(List<byte[]> parts) implements Resume {
    public FromNothing {
      parts = List.copyOf(parts);
    }
  }

  /**
   * The log's last durable change set of this source.
   *
   * @param position its position
   * @param part its part; after {@link Part#MORE} the source first delivers a {@link Part#RESTART}
   * @param tables the shapes that the log last showed, so that {@code schemaVersion} goes on
   *     counting
   * @param history reads what the source has delivered before
   */
  @SuppressWarnings("ArrayRecordComponent") // opaque bytes, read-only by contract
  record After(byte[] position, Part part, List<SourceTable> tables, SourceHistory history)
      implements Resume {
    public After {
      tables = List.copyOf(tables);
    }

    /** For a source that needs no history. */
    public After(byte[] position, Part part, List<SourceTable> tables) {
      this(position, part, tables, SourceHistory.NONE);
    }
  }

  Resume FROM_NOTHING = new FromNothing(List.of());
}
