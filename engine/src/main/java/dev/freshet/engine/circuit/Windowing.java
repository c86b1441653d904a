package dev.freshet.engine.circuit;

import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.WindowKind;

/**
 * Which windows hold a time (HOP, CUMULATE), and which pane: all times of one are in the same
 * windows.
 */
record Windowing(WindowKind kind, long step, long size, long offset) {
  static Windowing of(Plan.Windows plan) {
    return new Windowing(plan.kind(), plan.step(), plan.size(), plan.offset());
  }

  /** The most windows that hold a time. */
  long most() {
    return size / step;
  }

  /** The start of the pane; may wrap around. */
  long pane(long time) {
    return floor(time, step);
  }

  /** The first window's start for HOP, and its end for CUMULATE. */
  long first(long time) {
    return switch (kind) {
      case HOP -> pane(time) - (size - step);
      case CUMULATE -> pane(time) + step;
    };
  }

  /** 0 when a start or end is out of the range of a TIMESTAMP. */
  int count(long time, long first) {
    return switch (kind) {
      case HOP -> {
        long end = first + (size - step) + size;
        yield first <= time && end > time ? Math.toIntExact(size / step) : 0;
      }
      case CUMULATE -> {
        long start = floor(time, size);
        long last = start + size;
        yield start <= time && last > time ? Math.toIntExact((last - first) / step) + 1 : 0;
      }
    };
  }

  /** The greatest of offset + n * width that is not after the time; may wrap around. */
  private long floor(long time, long width) {
    long into = Math.floorMod(Math.floorMod(time, width) - Math.floorMod(offset, width), width);
    return time - into;
  }

  String outOfRange() {
    return "Cannot evaluate " + kind + ": a window of the row's time is out of range.";
  }

  String text() {
    return kind + " " + step + " " + size + " " + offset;
  }
}
