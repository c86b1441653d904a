package dev.freshet.bench.numbered;

import dev.freshet.core.crash.CrashPoint;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** How the life of a {@link NumberedProcess} ends. */
public sealed interface Ending {
  /** By a signal, when somebody sends one. */
  record AnyTime() implements Ending {
    @Override
    public String name() {
      return "any time";
    }
  }

  /** At a call of its disk. */
  record AtDisk(DiskCrash crash) implements Ending {
    @Override
    public String name() {
      return crash.place().toString();
    }
  }

  /** At a named point of its code, the n-th time. */
  record AtPoint(CrashPoint point, long count) implements Ending {
    @Override
    public String name() {
      return point.label();
    }
  }

  Ending ANY_TIME = new AnyTime();

  /** The named points that a library's process passes. */
  Set<CrashPoint> POINTS = EnumSet.range(CrashPoint.LOG_WRITTEN, CrashPoint.CHECKPOINT_PUBLISHED);

  /** What it is counted under. */
  String name();

  /** Whether its process lets the log forget what nobody needs: it is to die while that happens. */
  default boolean letsTheLogForget() {
    return this instanceof AtPoint(CrashPoint point, _) && point == CrashPoint.LOG_FORGOTTEN;
  }

  /** The names of all but {@link AnyTime}, in the order of their turns. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (DiskCrash.Place place : DiskCrash.Place.values()) {
      names.add(place.toString());
    }
    POINTS.forEach(point -> names.add(point.label()));
    return names;
  }

  /**
   * The ending of this turn.
   *
   * @param turn from 0, on and on
   * @param random how often its place is passed before
   */
  static Ending of(long turn, Random random) {
    DiskCrash.Place[] places = DiskCrash.Place.values();
    int index = (int) (turn % names().size());
    if (index < places.length) {
      DiskCrash.Place place = places[index];
      return new AtDisk(new DiskCrash(place, 1 + random.nextInt(passesMax(place))));
    }
    CrashPoint point = List.copyOf(POINTS).get(index - places.length);
    return new AtPoint(point, 1 + random.nextInt(passesMax(point)));
  }

  private static int passesMax(DiskCrash.Place place) {
    return switch (place) {
      case BEFORE_WRITE, AFTER_HALF_A_WRITE, AFTER_WRITE, BEFORE_SYNC, AFTER_SYNC -> 60;
      case BEFORE_TRUNCATE, AFTER_TRUNCATE -> 1; // a torn tail is cut once
      case BEFORE_CREATE, AFTER_CREATE, BEFORE_RENAME, AFTER_RENAME, BEFORE_DELETE, AFTER_DELETE ->
          3;
      case BEFORE_DIRECTORY_SYNC, AFTER_DIRECTORY_SYNC -> 3;
    };
  }

  private static int passesMax(CrashPoint point) {
    return switch (point) {
      case LOG_WRITTEN, LOG_SYNCED, STEP_MADE -> 20;
      case LOG_FORGOTTEN -> 2;
      case CHECKPOINT_WRITTEN, CHECKPOINT_PUBLISHED -> 3;
      case LAKE_WRITTEN,
          LAKE_PUBLISHED,
          MODELS_SWAPPED,
          MODELS_STEPPED,
          INGEST_DURABLE,
          FILES_BATCH,
          SINK_UNCOMMITTED,
          SINK_TAKEN ->
          throw new IllegalArgumentException("a library never comes to " + point.label());
    };
  }
}
