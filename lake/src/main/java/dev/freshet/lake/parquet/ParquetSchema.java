package dev.freshet.lake.parquet;

import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DateType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MapType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.UUIDType;

/** The schema in a file's footer, as Iceberg's specification (Appendix A, Parquet) wants it. */
final class ParquetSchema {
  private ParquetSchema() {}

  static List<SchemaElement> of(List<FileColumn> columns) {
    List<SchemaElement> elements = new ArrayList<>();
    SchemaElement root = new SchemaElement("table");
    root.setNum_children(columns.size());
    elements.add(root);
    for (FileColumn column : columns) {
      FieldRepetitionType repetition =
          column.column().mayBeNull() ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED;
      add(elements, column.column().name(), column.ids(), column.column().type(), repetition);
    }
    return elements;
  }

  private static void add(
      List<SchemaElement> elements,
      String name,
      FieldIds ids,
      DataType type,
      FieldRepetitionType repetition) {
    switch (type) {
      case DataType.Simple _, DataType.Decimal _ ->
          elements.add(leaf(name, ids.id(), type, repetition));
      case DataType.Array(DataType element) -> {
        SchemaElement list = group(name, repetition, 1);
        list.setConverted_type(ConvertedType.LIST);
        list.setLogicalType(LogicalType.LIST(new ListType()));
        list.setField_id(ids.id());
        elements.add(list);
        elements.add(group("list", FieldRepetitionType.REPEATED, 1));
        add(elements, "element", ids.parts().getFirst(), element, FieldRepetitionType.OPTIONAL);
      }
      case DataType.Map(DataType key, DataType value) -> {
        SchemaElement map = group(name, repetition, 1);
        map.setConverted_type(ConvertedType.MAP);
        map.setLogicalType(LogicalType.MAP(new MapType()));
        map.setField_id(ids.id());
        elements.add(map);
        elements.add(group("key_value", FieldRepetitionType.REPEATED, 2));
        add(elements, "key", ids.parts().get(0), key, FieldRepetitionType.REQUIRED);
        add(elements, "value", ids.parts().get(1), value, FieldRepetitionType.OPTIONAL);
      }
      case DataType.Row row -> {
        SchemaElement group = group(name, repetition, row.fields().size());
        group.setField_id(ids.id());
        elements.add(group);
        for (int i = 0; i < row.fields().size(); i++) {
          DataType.Row.Field field = row.fields().get(i);
          add(
              elements,
              field.name(),
              ids.parts().get(i),
              field.type(),
              FieldRepetitionType.OPTIONAL);
        }
      }
    }
  }

  private static SchemaElement group(String name, FieldRepetitionType repetition, int children) {
    SchemaElement group = new SchemaElement(name);
    group.setRepetition_type(repetition);
    group.setNum_children(children);
    return group;
  }

  private static SchemaElement leaf(
      String name, int fieldId, DataType type, FieldRepetitionType repetition) {
    SchemaElement element = new SchemaElement(name);
    element.setRepetition_type(repetition);
    element.setField_id(fieldId);
    Physical physical = Physical.of(type);
    element.setType(physical.type());
    switch (type) {
      case DataType.Decimal decimal -> {
        element.setConverted_type(ConvertedType.DECIMAL);
        element.setPrecision(decimal.precision());
        element.setScale(decimal.scale());
        element.setLogicalType(
            LogicalType.DECIMAL(new DecimalType(decimal.scale(), decimal.precision())));
        if (physical == Physical.FIXED_DECIMAL) {
          element.setType_length(Physical.decimalBytes(decimal.precision()));
        }
      }
      case DataType.Array _, DataType.Map _, DataType.Row _ ->
          throw new IllegalStateException("a collection is no leaf");
      case DataType.Simple simple -> annotate(element, simple);
    }
    return element;
  }

  private static void annotate(SchemaElement element, DataType.Simple type) {
    switch (type) {
      case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, BINARY -> {}
      case VARCHAR, JSON -> {
        element.setConverted_type(ConvertedType.UTF8);
        element.setLogicalType(LogicalType.STRING(new StringType()));
      }
      case DATE -> {
        element.setConverted_type(ConvertedType.DATE);
        element.setLogicalType(LogicalType.DATE(new DateType()));
      }
      case TIME -> {
        element.setConverted_type(ConvertedType.TIME_MICROS);
        element.setLogicalType(LogicalType.TIME(new TimeType(false, micros())));
      }
      case TIMESTAMP ->
          element.setLogicalType(LogicalType.TIMESTAMP(new TimestampType(false, micros())));
      case TIMESTAMP_LTZ -> {
        element.setConverted_type(ConvertedType.TIMESTAMP_MICROS);
        element.setLogicalType(LogicalType.TIMESTAMP(new TimestampType(true, micros())));
      }
      case UUID -> {
        element.setType_length(Physical.FIXED_BYTES.width());
        element.setLogicalType(LogicalType.UUID(new UUIDType()));
      }
    }
  }

  private static TimeUnit micros() {
    return TimeUnit.MICROS(new MicroSeconds());
  }
}
