package dev.freshet.sql.dialect;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Makes Calcite's types of ours. Text is UTF-8 and of any length. Single thread. */
public final class FreshetTypeFactory extends SqlTypeFactoryImpl {
  public FreshetTypeFactory() {
    super(new FreshetTypeSystem());
  }

  @Override
  public Charset getDefaultCharset() {
    return StandardCharsets.UTF_8;
  }

  /** Equal types stay as they are, so that JSON is not weakened to text. */
  @Override
  public @Nullable RelDataType leastRestrictive(
      List<RelDataType> types, SqlTypeMappingRule mappingRule) {
    if (types.stream().allMatch(JsonType.class::isInstance)) {
      return json(types.stream().anyMatch(RelDataType::isNullable));
    }
    return super.leastRestrictive(types, mappingRule);
  }

  /** JSON has the one charset that there is. */
  @Override
  public RelDataType createTypeWithCharsetAndCollation(
      RelDataType type, Charset charset, SqlCollation collation) {
    return type instanceof JsonType
        ? type
        : super.createTypeWithCharsetAndCollation(type, charset, collation);
  }

  RelDataType json(boolean nullable) {
    return canonize(new JsonType(getTypeSystem(), nullable));
  }

  /** The row type of a relation. */
  RelDataType rowType(Schema schema) {
    RelDataTypeFactory.Builder row = builder();
    for (Column column : schema.columns()) {
      row.add(column.name(), createTypeWithNullability(type(column.type()), column.mayBeNull()));
    }
    return row.build();
  }

  /** The type, not null. */
  public RelDataType type(DataType type) {
    return switch (type) {
      case DataType.Decimal d -> createSqlType(SqlTypeName.DECIMAL, d.precision(), d.scale());
      case DataType.Array a ->
          createArrayType(createTypeWithNullability(type(a.element()), true), -1);
      case DataType.Map m ->
          createMapType(
              createTypeWithNullability(type(m.key()), false),
              createTypeWithNullability(type(m.value()), true));
      case DataType.Row r -> {
        RelDataTypeFactory.Builder row = builder();
        for (DataType.Row.Field field : r.fields()) {
          row.add(field.name(), createTypeWithNullability(type(field.type()), true));
        }
        yield row.build();
      }
      case DataType.Simple simple -> simple(simple);
    };
  }

  private RelDataType simple(DataType.Simple type) {
    return switch (type) {
      case BOOLEAN -> createSqlType(SqlTypeName.BOOLEAN);
      case TINYINT -> createSqlType(SqlTypeName.TINYINT);
      case SMALLINT -> createSqlType(SqlTypeName.SMALLINT);
      case INTEGER -> createSqlType(SqlTypeName.INTEGER);
      case BIGINT -> createSqlType(SqlTypeName.BIGINT);
      case REAL -> createSqlType(SqlTypeName.REAL);
      case DOUBLE -> createSqlType(SqlTypeName.DOUBLE);
      case VARCHAR -> createSqlType(SqlTypeName.VARCHAR);
      case BINARY -> createSqlType(SqlTypeName.VARBINARY);
      case DATE -> createSqlType(SqlTypeName.DATE);
      case TIME -> createSqlType(SqlTypeName.TIME);
      case TIMESTAMP -> createSqlType(SqlTypeName.TIMESTAMP);
      case TIMESTAMP_LTZ -> createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
      case UUID -> createSqlType(SqlTypeName.UUID);
      case JSON -> json(false);
    };
  }
}
