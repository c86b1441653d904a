package dev.freshet.capture.trigger;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of ids, of which most follow each other. Read and written as
 *
 * <pre>
 *   count 4 | for each range: first 8 | last 8
 * </pre>
 *
 * One thread owns it.
 */
final class IdRanges {
  private static final int RANGE_BYTES = 16;

  /** Last ids by first ids; ranges neither touch nor overlap. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  private long size;

  void add(long id) {
    addRange(id, id);
  }

  void addAll(IdRanges others) {
    others.ranges.forEach(this::addRange);
  }

  private void addRange(long from, long to) {
    long first = from;
    long last = to;
    Map.Entry<Long, Long> before = ranges.floorEntry(first);
    if (before != null && before.getValue() >= first - 1) {
      first = before.getKey();
      last = Math.max(last, before.getValue());
      remove(before.getKey());
    }
    Map.Entry<Long, Long> next = ranges.higherEntry(first);
    while (next != null && next.getKey() <= last + 1) {
      last = Math.max(last, next.getValue());
      remove(next.getKey());
      next = ranges.higherEntry(first);
    }
    put(first, last);
  }

  private void put(long first, long last) {
    ranges.put(first, last);
    size += last - first + 1;
  }

  private void remove(long first) {
    Long last = ranges.remove(first);
    size -= last == null ? 0 : last - first + 1;
  }

  boolean contains(long id) {
    Map.Entry<Long, Long> range = ranges.floorEntry(id);
    return range != null && range.getValue() >= id;
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  long size() {
    return size;
  }

  /** How many ranges it takes to write it. */
  int rangeCount() {
    return ranges.size();
  }

  /** Its lowest ids. */
  List<Long> first(int countMax) {
    List<Long> ids = new ArrayList<>();
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      for (long id = range.getKey(); id <= range.getValue(); id++) {
        if (ids.size() == countMax) {
          return ids;
        }
        ids.add(id);
      }
    }
    return ids;
  }

  /** Takes out ids, in whatever order. */
  void removeAll(List<Long> ids) {
    for (long id : ids) {
      Map.Entry<Long, Long> range = ranges.floorEntry(id);
      if (range == null || range.getValue() < id) {
        continue;
      }
      long first = range.getKey();
      long last = range.getValue();
      remove(first);
      if (first < id) {
        put(first, id - 1);
      }
      if (id < last) {
        put(id + 1, last);
      }
    }
  }

  void removeAll() {
    ranges.clear();
    size = 0;
  }

  static IdRanges read(ByteReader in) {
    IdRanges read = new IdRanges();
    int count = in.readCount(RANGE_BYTES);
    for (int i = 0; i < count; i++) {
      read.put(in.readLong(), in.readLong());
    }
    return read;
  }

  void write(ByteWriter out) {
    out.writeInt(ranges.size());
    ranges.forEach((first, last) -> {
      out.writeLong(first);
      out.writeLong(last);
    });
  }

  IdRanges copy() {
    IdRanges copy = new IdRanges();
    copy.ranges.putAll(ranges);
    copy.size = size;
    return copy;
  }

  @Override
  public String toString() {
    return ranges.toString();
  }
}
