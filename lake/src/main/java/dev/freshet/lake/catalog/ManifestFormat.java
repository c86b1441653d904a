package dev.freshet.lake.catalog;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Function;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.InternalData;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.avro.InternalReader;
import org.apache.iceberg.avro.InternalWriter;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * How Iceberg reads and writes manifests and lists of manifests of the lake. Each is an Avro file
 * of some kilobytes, and at each Avro builds or parses the same few schemas anew, which takes
 * longer than all the rest; here a schema is built or parsed once. What stands in the files is
 * still up to Iceberg.
 *
 * <p>Iceberg's register of formats is not public. Without it, as with files that are not the
 * lake's, Iceberg works as ever, only slower.
 */
final class ManifestFormat {
  private static final boolean INSTALLED = install();

  private ManifestFormat() {}

  /** Makes Iceberg use it; returns whether it does. */
  static boolean isInstalled() {
    return INSTALLED;
  }

  private static boolean install() {
    Function<OutputFile, InternalData.WriteBuilder> writes = ManifestFormat::write;
    Function<InputFile, InternalData.ReadBuilder> reads = ManifestFormat::read;
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      lookup.ensureInitialized(Avro.class); // so that Avro knows Iceberg's types of maps
      MethodHandle register =
          MethodHandles.privateLookupIn(InternalData.class, lookup)
              .findStatic(
                  InternalData.class,
                  "register",
                  MethodType.methodType(
                      void.class, FileFormat.class, Function.class, Function.class));
      register.invoke(FileFormat.AVRO, writes, reads);
      return true;
    } catch (Error e) {
      throw e;
    } catch (Throwable e) { // another version of Iceberg
      return false;
    }
  }

  private static InternalData.WriteBuilder write(OutputFile file) {
    return file instanceof LakeFileIo.Output
        ? new ManifestWriting(file)
        : Avro.write(file).createWriterFunc(InternalWriter::create);
  }

  private static InternalData.ReadBuilder read(InputFile file) {
    return file instanceof LakeFileIo.Input lakes ? new ManifestReading(lakes) : icebergs(file);
  }

  /** Iceberg's own reader. */
  static InternalData.ReadBuilder icebergs(InputFile file) {
    return Avro.read(file).createResolvingReader(InternalReader::create);
  }
}
