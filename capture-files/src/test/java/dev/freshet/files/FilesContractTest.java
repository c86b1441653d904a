package dev.freshet.files;

import dev.freshet.sourcetest.SourceContract;
import dev.freshet.sourcetest.SourceFixture;
import java.nio.file.Path;

/** What every source does, by files of several formats. */
class FilesContractTest extends SourceContract {
  @Override
  protected SourceFixture fixture(Path directory) {
    return new FilesFixture(directory);
  }
}
