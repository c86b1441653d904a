package dev.freshet.capture.generator;

import dev.freshet.core.type.DataType.Simple;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Machines that wear out: each event is a reading of one of 50 sensors, in turn. Vibration and
 * temperature rise towards the end of a machine's life of 200 to 800 readings; then it is mended,
 * and begins anew.
 */
record Sensors(Dice dice) implements Dataset {
  private static final long SENSORS = 50;

  @Override
  public List<Table> tables() {
    return List.of(
        Dataset.table(
            "sensors", 1,
            "id", Simple.BIGINT,
            "site", Simple.VARCHAR,
            "model", Simple.VARCHAR,
            "mended_at", Simple.TIMESTAMP_LTZ),
        Dataset.table(
            "readings", 0,
            "sensor_id", Simple.BIGINT,
            "read_at", Simple.TIMESTAMP_LTZ,
            "temperature", Simple.DOUBLE,
            "vibration", Simple.DOUBLE));
  }

  @Override
  public void event(long index, long micros, Rows rows) {
    Instant at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    long sensor = index % SENSORS;
    long reading = index / SENSORS;
    long life = 200 + dice.below(600, 1, sensor);
    long age = (reading + dice.below(life, 2, sensor)) % life;
    if (reading == 0 || age == 0) {
      rows.add(
          "sensors",
          sensor,
          dice.oneOf(3, sensor, "north", "south", "harbour"),
          dice.oneOf(4, sensor, "pump", "fan", "press"),
          at);
    }
    double wear = Math.pow((double) age / life, 6);
    rows.add(
        "readings",
        sensor,
        at,
        rounded(40 + 25 * wear + 4 * dice.fraction(5, index)),
        rounded(1 + 9 * wear + 0.4 * dice.fraction(6, index)));
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
