package dev.freshet.bench.sourceload;

import dev.freshet.capture.Source;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.files.FilesSettings;
import dev.freshet.files.FilesSource;
import dev.freshet.files.TablePattern;
import dev.freshet.files.store.LocalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A folder into which files come: some are renamed in, some are written under their own names in
 * two pieces, some grow for ever, and some come a second time. What the source remembers of them is
 * lost now and then, and is to be learned from the log.
 */
final class FilesSubject extends ModelSubject {
  private static final int ROWS_MAX = 12;
  private static final int LOGS = 2;

  private final Path inbox;
  private final Path work;
  private final LostState state;
  private final List<Path> whole = new ArrayList<>();
  private final List<Half> halves = new ArrayList<>();
  private int files;
  private long nextId = LOGS * IDS;

  /** A file that lacks its end. */
  private record Half(Path file, String rest, String table, List<NewRow> rows) {}

  FilesSubject(Path folder, SplittableRandom random) throws IOException {
    this.inbox = Files.createDirectories(folder.resolve("inbox"));
    this.work = Files.createDirectories(folder.resolve("work"));
    this.state = new LostState(work, random.split());
  }

  @Override
  public Source source() {
    FilesSettings settings =
        FilesSettings.of(
                "inbox", Tables.NAMES.stream().map(name -> new TablePattern(name, name)).toList())
            .with(Duration.ofMillis(20), Duration.ZERO, Duration.ofMinutes(2));
    LocalStorage remembered = state.next();
    return new FilesSource(settings, () -> new LocalFiles(inbox), contracts(), () -> remembered);
  }

  @Override
  public void write(SplittableRandom random) {
    try {
      if (!halves.isEmpty() && random.nextInt(2) == 0) {
        complete(halves.removeFirst());
      }
      String table = Tables.NAMES.get(random.nextInt(Tables.NAMES.size()));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> append(random, table, random.nextInt(LOGS));
        case 3 -> begin(random, table);
        case 4 -> comeAgain(random);
        default -> moveIn(random, table);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A log's rows change one another; its file is the only one with their keys. */
  private void append(SplittableRandom random, String table, int log) throws IOException {
    Path file = inbox.resolve(table + "-log" + log + ".jsonl");
    for (Half half : List.copyOf(halves)) {
      if (half.file().equals(file)) {
        complete(half);
        halves.remove(half);
      }
    }
    StringBuilder lines = new StringBuilder();
    List<NewRow> rows = new ArrayList<>();
    int count = 1 + random.nextInt(ROWS_MAX);
    for (int i = 0; i < count; i++) {
      NewRow row = newRow(random, (long) log * IDS + random.nextInt(IDS));
      rows.add(row);
      lines.append(row.json("")).append('\n');
      addBadRow(random, lines, false);
    }
    String text = lines.toString();
    if (random.nextInt(3) == 0) {
      int lastLine = text.lastIndexOf('{');
      int cut = lastLine + 1 + random.nextInt(text.length() - lastLine - 3);
      append(file, text.substring(0, cut));
      halves.add(new Half(file, text.substring(cut), table, rows));
    } else {
      append(file, text);
      rows.forEach(row -> written(table, row));
    }
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void complete(Half half) throws IOException {
    append(half.file(), half.rest());
    half.rows().forEach(row -> written(half.table(), row));
  }

  /**
   * A file under its own name, whose end comes later. It ends within a text until then: of rows of
   * CSV nothing else tells that there is more.
   */
  private void begin(SplittableRandom random, String table) throws IOException {
    boolean isCsv = random.nextBoolean();
    List<NewRow> rows = new ArrayList<>();
    String text = text(random, isCsv, rows);
    int lastNote = text.lastIndexOf("\"x");
    Path file = inbox.resolve(newName(table, isCsv));
    Files.writeString(file, text.substring(0, lastNote + 2));
    halves.add(new Half(file, text.substring(lastNote + 2), table, rows));
  }

  private void moveIn(SplittableRandom random, String table) throws IOException {
    boolean isCsv = random.nextBoolean();
    List<NewRow> rows = new ArrayList<>();
    Path temporary = Files.writeString(work.resolve("new"), text(random, isCsv, rows));
    Path file = inbox.resolve(newName(table, isCsv));
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    rows.forEach(row -> written(table, row));
    whole.add(file);
  }

  /** A file under another name, the rows of which are there already. */
  private void comeAgain(SplittableRandom random) throws IOException {
    if (whole.isEmpty()) {
      return;
    }
    Path file = whole.get(random.nextInt(whole.size()));
    String name = file.getFileName().toString();
    Path temporary = Files.copy(file, work.resolve("again"));
    int dash = name.indexOf('-');
    Path again = inbox.resolve(name.substring(0, dash) + "-again" + ++files + name.substring(dash));
    Files.move(temporary, again, StandardCopyOption.ATOMIC_MOVE);
  }

  private String newName(String table, boolean isCsv) {
    return table + "-" + ++files + (isCsv ? ".csv" : ".jsonl");
  }

  /** Rows with keys that no other file has. */
  private String text(SplittableRandom random, boolean isCsv, List<NewRow> rows) {
    StringBuilder text = new StringBuilder(isCsv ? "id,n,note\n" : "");
    int count = 1 + random.nextInt(ROWS_MAX);
    for (int i = 0; i < count; i++) {
      addBadRow(random, text, isCsv);
      NewRow row = newRow(random, nextId++);
      rows.add(row);
      text.append(isCsv ? row.csv() : row.json("") + "\n");
    }
    return text.toString();
  }

  private void addBadRow(SplittableRandom random, StringBuilder text, boolean isCsv) {
    if (random.nextInt(40) == 0) {
      String bad = newBadText();
      text.append(isCsv ? "1," + bad + ",\"x\"\n" : "{\"id\":1,\"n\":\"" + bad + "\"}\n");
    }
  }

  /** Of a file that lacks its end rows may come, or wait for it. */
  @Override
  public boolean haveCome(Map<String, Map<Long, String>> come) {
    return Tables.NAMES.stream()
        .allMatch(table ->
            rowsOf(table).entrySet().stream()
                .allMatch(row ->
                    row.getValue().equals(come.getOrDefault(table, Map.of()).get(row.getKey()))
                        || lacksItsEnd(table, row.getKey())));
  }

  /** Whether the file that a row is of lacks its end. */
  private boolean lacksItsEnd(String table, long id) {
    return halves.stream()
        .filter(half -> half.table().equals(table))
        .flatMap(half -> half.rows().stream())
        .anyMatch(row -> row.id() == id || (isOfALog(id) && row.id() / IDS == id / IDS));
  }

  private static boolean isOfALog(long id) {
    return id < LOGS * IDS;
  }

  @Override
  public Map<String, List<String>> writeLast() {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, List<String>> last = new TreeMap<>();
    try {
      for (Half half : halves) {
        complete(half);
        List<String> texts = last.computeIfAbsent(half.table(), _ -> new ArrayList<>());
        // A row of a log that is complete may have changed again by its rest.
        texts.add(textOf(half.rows().getLast()));
      }
      halves.clear();
      for (String table : Tables.NAMES) {
        List<String> texts = last.computeIfAbsent(table, _ -> new ArrayList<>());
        for (int log = 0; log < LOGS; log++) {
          NewRow row = newRow(random, (long) log * IDS);
          append(inbox.resolve(table + "-log" + log + ".jsonl"), row.json("") + "\n");
          written(table, row);
          texts.add(textOf(row));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    last.replaceAll((table, texts) ->
        texts.stream().filter(text -> rowsOf(table).containsValue(text)).toList());
    return last;
  }

  /** The folder goes with the proof's. */
  @Override
  public void close() {}
}
