package dev.freshet.database.step;

import dev.freshet.contracts.Ledger;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * What the pipeline keeps in a checkpoint beside the engine's state.
 *
 * @param firstNeededOffset the first log record that a restart needs: earlier than the step when a
 *     transaction was unfinished
 */
record Progress(long firstNeededOffset, Ledger ledger) {
  private static final int VERSION = 1;

  static Progress read(byte[] bytes) {
    if (bytes.length == 0) {
      return new Progress(0, Ledger.EMPTY);
    }
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    int version = in.readByte();
    if (version != VERSION) {
      throw new FreshetException(
          ErrorCode.FORMAT_UNKNOWN,
          "Cannot read the checkpoint's progress of format "
              + version
              + ": this Freshet knows format "
              + VERSION
              + ".");
    }
    return new Progress(in.readLong(), new Ledger(in.readLong(), in.readLong(), in.readLong()));
  }

  byte[] toBytes() {
    ByteWriter out = new ByteWriter(40);
    out.writeByte(VERSION);
    out.writeLong(firstNeededOffset);
    out.writeLong(ledger.received());
    out.writeLong(ledger.applied());
    out.writeLong(ledger.quarantined());
    return out.toByteArray();
  }

  Progress notBefore(long offset) {
    return new Progress(Math.max(firstNeededOffset, offset), ledger);
  }

  Progress next(long neededOffset, Ledger added) {
    return new Progress(neededOffset, ledger.plus(added));
  }
}
