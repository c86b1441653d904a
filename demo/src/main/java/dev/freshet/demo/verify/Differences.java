package dev.freshet.demo.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds rows that differ, by key. Runs only when the checksums differ; looks at up to {@link
 * #KEYS_MAX} keys, so that it ends well with tables of any size. One thread owns it.
 */
final class Differences {
  private static final int SHOWN_MAX = 5;
  private static final int KEYS_MAX = 3_000_000;

  private final PostgresAnswers postgres;
  private final ContentSource freshet;
  private final Question question;
  private final int[] hereOrder;
  private final int[] thereOrder;
  private final int[] hereKey;
  private final int[] thereKey;
  private final List<String> columns;

  Differences(
      PostgresAnswers postgres,
      ContentSource freshet,
      Question question,
      List<String> here,
      List<String> there) {
    this.postgres = postgres;
    this.freshet = freshet;
    this.question = question;
    this.columns = here;
    this.hereOrder = Digest.positions(here, here);
    this.thereOrder = Digest.positions(there, here);
    List<String> key =
        question.key().isEmpty() || !here.containsAll(question.key()) ? here : question.key();
    this.hereKey = Digest.positions(here, key);
    this.thereKey = Digest.positions(there, key);
  }

  List<String> find() throws SQLException {
    // Sums of row hashes by key: what remains other than zero differs.
    Map<Long, Long> balance = new HashMap<>();
    postgres.forEachRow(
        question,
        row -> add(balance, Digest.rowHash(row, thereKey), Digest.rowHash(row, thereOrder)));
    freshet.forEachRow(
        question.name(),
        row -> add(balance, Digest.rowHash(row, hereKey), -Digest.rowHash(row, hereOrder)));
    Map<Long, List<String>> shown = new HashMap<>();
    for (Map.Entry<Long, Long> entry : balance.entrySet()) {
      if (entry.getValue() != 0 && shown.size() < SHOWN_MAX) {
        shown.put(entry.getKey(), new ArrayList<>());
      }
    }
    long differing = balance.values().stream().filter(sum -> sum != 0).count();
    freshet.forEachRow(
        question.name(),
        row ->
            show(
                shown,
                "Freshet:    ",
                Digest.rowHash(row, hereKey),
                Digest.rowText(row, hereOrder)));
    postgres.forEachRow(
        question,
        row ->
            show(
                shown,
                "PostgreSQL: ",
                Digest.rowHash(row, thereKey),
                Digest.rowText(row, thereOrder)));
    List<String> lines = new ArrayList<>();
    lines.add(differing + " keys differ, among them (" + String.join(" | ", columns) + "):");
    shown.values().forEach(lines::addAll);
    return lines;
  }

  private static void add(Map<Long, Long> balance, long key, long hash) {
    if (balance.size() < KEYS_MAX || balance.containsKey(key)) {
      balance.merge(key, hash, Long::sum);
    }
  }

  private static void show(Map<Long, List<String>> shown, String side, long key, String text) {
    List<String> lines = shown.get(key);
    if (lines != null && lines.size() < 4) {
      lines.add(side + text);
    }
  }
}
