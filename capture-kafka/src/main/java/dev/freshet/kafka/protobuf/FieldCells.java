package dev.freshet.kafka.protobuf;

import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.CellProblem;
import dev.freshet.capture.rows.LogBytes;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.kafka.budget.DecodeBudget;
import dev.freshet.kafka.protobuf.ProtoField.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses how fields are put into columns; a pair that does not fit refuses each. */
final class FieldCells {
  private final ProtoJson json;
  private final DecodeBudget budget;
  private final ProtoCells cells;

  /**
   * @param times what numbers in columns of times count; empty to refuse them
   * @param budget of the message that is read
   */
  FieldCells(ProtoSchema schema, Optional<Times.Unit> times, DecodeBudget budget) {
    this.json = new ProtoJson(schema, budget);
    this.budget = budget;
    this.cells = new ProtoCells(schema, this, json, times, budget);
  }

  /**
   * @param index of the field in the message
   */
  FieldCell of(ProtoMessage message, int index, DataType type) {
    ProtoField field = message.field(index);
    if (field.rule() != Rule.REPEATED) {
      return single(field, index, cells.of(field.type(), type));
    }
    if (type == Simple.JSON) {
      return (out, found) -> {
        StringBuilder text = new StringBuilder();
        json.writeRepeated(text, found, index, 0);
        budget.append(out, text);
      };
    }
    return switch (type) {
      case DataType.Array array when !(field.type() instanceof ProtoType.Entries) ->
          elements(field, index, array);
      case DataType.Map map when field.type() instanceof ProtoType.Entries entries ->
          entries(entries, index, map);
      case Simple _, DataType.Decimal _, DataType.Array _, DataType.Map _, DataType.Row _ ->
          unfit(field, index, type);
    };
  }

  private static FieldCell unfit(ProtoField field, int index, DataType type) {
    boolean isMap = field.type() instanceof ProtoType.Entries;
    String what =
        "it is Protobuf's "
            + (isMap ? "" : "repeated ")
            + field.type().text()
            + ", which is no "
            + type.sql();
    return (out, found) -> {
      if (found.has(index)) {
        throw CellProblem.value(what);
      }
      out.appendNull();
    };
  }

  private FieldCell single(ProtoField field, int index, ProtoCell cell) {
    byte[] absent = field.absent().orElse(null);
    return (out, found) -> {
      if (found.has(index)) {
        cell.append(out, found.value(index));
      } else if (absent != null) {
        budget.make(absent.length); // no byte of the message stands for it
        cell.append(out, new ProtoCursor().reset(absent, 0, absent.length));
      } else if (field.rule() == Rule.REQUIRED) {
        throw ProtoCursor.malformed("required field " + field.name() + " is not there");
      } else {
        out.appendNull();
      }
    };
  }

  /**
   * Reads single values for what is held by others.
   *
   * @param bytes that each counts
   */
  private record Boxed(ProtoCell cell, DataType type, DecodeBudget budget, int bytes) {
    @Nullable Object read(ProtoCursor in) {
      budget.make(bytes);
      VectorBuilder single = new VectorBuilder(type.layout(), 1);
      cell.append(single, in);
      return Values.read(type, single.build(), 0);
    }
  }

  private FieldCell elements(ProtoField field, int index, DataType.Array type) {
    Boxed element =
        new Boxed(
            cells.of(field.type(), type.element()),
            type.element(),
            budget,
            LogBytes.ofElement(type.element()));
    return (out, found) -> {
      List<@Nullable Object> values = new ArrayList<>();
      found.each(index, in -> values.add(element.read(in)));
      Values.append(out, type, values);
    };
  }

  private FieldCell entries(ProtoType.Entries entries, int index, DataType.Map type) {
    ProtoMessage entry = entries.entry();
    FieldCell key = of(entry, ProtoType.Entries.KEY, type.key());
    FieldCell value = of(entry, ProtoType.Entries.VALUE, type.value());
    int bytes = LogBytes.ofElement(type.key()) + LogBytes.ofElement(type.value());
    return (out, found) -> {
      Map<Object, @Nullable Object> values = new LinkedHashMap<>();
      Found each = new Found(entry);
      found.each(
          index,
          in -> {
            budget.make(bytes);
            each.read(in);
            Object name = boxed(key, type.key(), each);
            if (name == null) {
              throw CellProblem.value("it has a key that is NULL");
            }
            values.put(name, boxed(value, type.value(), each));
          });
      Values.append(out, type, values);
    };
  }

  /** A single value, of which what holds it has counted the bytes. */
  static @Nullable Object boxed(FieldCell cell, DataType type, Found found) {
    VectorBuilder single = new VectorBuilder(type.layout(), 1);
    cell.append(single, found);
    return Values.read(type, single.build(), 0);
  }
}
