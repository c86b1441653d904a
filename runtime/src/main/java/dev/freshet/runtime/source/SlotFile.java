package dev.freshet.runtime.source;

import dev.freshet.capture.postgres.SlotMemory;
import dev.freshet.core.port.LocalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code sources/NAME.slot} in the state folder: which replication slot a source has made. */
final class SlotFile implements SlotMemory {
  private static final String FOLDER = "sources";

  private final Path state;
  private final String path;

  SlotFile(Path state, String source) {
    this.state = state;
    this.path = FOLDER + "/" + source + ".slot";
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
