package dev.freshet.runtime.source;

import dev.freshet.capture.NotedTables;
import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.capture.postgres.TableMemory;
import dev.freshet.core.port.LocalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a source remembers, in {@code sources/} of the state folder: {@code NAME.slot}, which
 * replication slot it has made; {@code NAME.columns}, what the columns of its tables were; {@code
 * NAME.paused}, which of them are left alone; {@code NAME.anew}, which are to be read anew.
 */
final class NoteFile implements SlotMemory, TableMemory, NotedTables.Memory {
  private static final String FOLDER = "sources";

  private final Path state;
  private final String path;

  NoteFile(Path state, String name) {
    this.state = state;
    this.path = FOLDER + "/" + name;
  }

  @Override
  public String recall() {
    if (Files.notExists(state.resolve(path))) {
      return "";
    }
    return new String(new LocalStorage(state).readAll(path), StandardCharsets.UTF_8);
  }

  @Override
  public void remember(String note) {
    LocalStorage storage = new LocalStorage(state);
    storage.createDirectories(FOLDER);
    storage.syncDirectory("");
    storage.writeAtomically(path, (note + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
