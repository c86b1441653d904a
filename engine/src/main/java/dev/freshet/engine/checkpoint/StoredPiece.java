package dev.freshet.engine.checkpoint;

import dev.freshet.core.port.Storage;
import dev.freshet.engine.arrangement.Piece;
import java.util.List;

/** Some blocks of a run in a file, of about the size of a piece, that lie one behind the other. */
record StoredPiece(
    RunFile.Position position, Sorting sorting, Piece.Facts facts, BlockIndex blocks) {
  enum Sorting {
    SORTED,
    UNSORTED
  }

  /**
   * Reads and checks all blocks of a run, and keeps no row of them. Unsorted rows are one piece.
   *
   * @throws dev.freshet.core.error.FreshetException when the run is damaged
   */
  static List<StoredPiece> of(Storage.File file, RunFile.Position run) {
    PieceCutter pieces = new PieceCutter(run.path());
    BlockReader reader = new BlockReader(file, run);
    while (reader.hasNext()) {
      long at = reader.at();
      pieces.add(at, reader.next());
    }
    return pieces.end(reader.at());
  }
}
