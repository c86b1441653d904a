package dev.freshet.sql.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWindowTableFunction;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandMetadata;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Static;

/**
 * A table function that puts rows into windows of time, as Flink has it: {@code TUMBLE(TABLE t,
 * DESCRIPTOR(c), size [, offset])}, {@code HOP(..., slide, size [, offset])}, {@code CUMULATE(...,
 * step, size [, offset])}, {@code SESSION(TABLE t [PARTITION BY k], DESCRIPTOR(c), gap)}. It gives
 * the columns of the table, then window_start and window_end (TIMESTAMP) and window_time (the type
 * of the time column). Rows without a time are left out, so the three are never NULL.
 */
final class WindowFunction extends SqlWindowTableFunction {
  /** The partition of SESSION, see {@link SessionPartitions}. */
  static final String KEY = "KEY";

  private static final String FORM = "needs (TABLE t, DESCRIPTOR(time column), ";

  private WindowFunction(Kind kind) {
    super(kind.name(), new Operands(kind));
  }

  private enum Kind {
    TUMBLE("INTERVAL size [, INTERVAL offset]", "SIZE", "OFFSET"),
    HOP("INTERVAL slide, INTERVAL size [, INTERVAL offset]", "SLIDE", "SIZE", "OFFSET"),
    CUMULATE("INTERVAL step, INTERVAL size [, INTERVAL offset]", "STEP", "SIZE", "OFFSET"),
    SESSION("INTERVAL gap", "GAP");

    private final String form;
    private final List<String> intervals;

    Kind(String form, String... intervals) {
      this.form = form;
      this.intervals = List.of(intervals);
    }

    int required() {
      return intervals.contains("OFFSET") ? intervals.size() - 1 : intervals.size();
    }
  }

  static List<SqlOperator> all() {
    List<SqlOperator> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      all.add(new WindowFunction(kind));
    }
    return all;
  }

  /** What a call needs; empty for a name that is not one of these functions. */
  static Optional<String> form(String name) {
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(name)) {
        String table = kind == Kind.SESSION ? FORM.replace("t,", "t [PARTITION BY key],") : FORM;
        return Optional.of(
            name
                + " "
                + table
                + kind.form
                + "); the time column must be a TIMESTAMP or TIMESTAMP_LTZ, and the intervals may"
                + " not be of months.");
      }
    }
    return Optional.empty();
  }

  @Override
  public SqlReturnTypeInference getRowTypeInference() {
    return WindowFunction::rowType;
  }

  private static RelDataType rowType(SqlOperatorBinding binding) {
    RelDataType input = binding.getOperandType(0);
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType time =
        factory.createTypeWithNullability(
            timeColumn((SqlCallBinding) binding).orElseThrow().getType(), false);
    return factory
        .builder()
        .kind(input.getStructKind())
        .addAll(input.getFieldList())
        .add("window_start", SqlTypeName.TIMESTAMP, 6)
        .add("window_end", SqlTypeName.TIMESTAMP, 6)
        .add("window_time", time)
        .build();
  }

  private static Optional<RelDataTypeField> timeColumn(SqlCallBinding binding) {
    SqlIdentifier name = ((SqlCall) binding.operand(1)).operand(0);
    return Optional.ofNullable(
        binding
            .getValidator()
            .getCatalogReader()
            .nameMatcher()
            .field(binding.getOperandType(0), name.getSimple()));
  }

  /** TABLE, DESCRIPTOR, then intervals of days or smaller. */
  private record Operands(Kind kind) implements SqlOperandMetadata {
    @Override
    public List<RelDataType> paramTypes(RelDataTypeFactory factory) {
      RelDataType any = factory.createSqlType(SqlTypeName.ANY);
      return paramNames().stream().map(_ -> any).toList();
    }

    @Override
    public List<String> paramNames() {
      List<String> names = new ArrayList<>(List.of("DATA", "TIMECOL"));
      names.addAll(kind.intervals);
      if (kind == Kind.SESSION) {
        names.add(KEY);
      }
      return names;
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return SqlOperandCountRanges.between(2 + kind.required(), paramNames().size());
    }

    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      boolean right = isRight(binding);
      if (!right && throwOnFailure) {
        throw binding.newValidationSignatureError();
      }
      return right;
    }

    private static boolean isRight(SqlCallBinding binding) {
      SqlValidator validator = binding.getValidator();
      if (validator.getValidatedNodeType(binding.operand(0)).getSqlTypeName() != SqlTypeName.ROW
          || binding.operand(1).getKind() != SqlKind.DESCRIPTOR
          || ((SqlCall) binding.operand(1)).operandCount() != 1) {
        return false;
      }
      checkColumns(binding, (SqlCall) binding.operand(1));
      Optional<RelDataTypeField> time = timeColumn(binding);
      if (time.isEmpty() || !SqlTypeUtil.isTimestamp(time.get().getType())) {
        return false;
      }
      for (SqlNode interval : binding.operands().subList(2, binding.getOperandCount())) {
        if (interval.getKind() == SqlKind.DESCRIPTOR) {
          checkColumns(binding, (SqlCall) interval);
          continue;
        }
        SqlTypeName type = validator.getValidatedNodeType(interval).getSqlTypeName();
        if (!SqlTypeName.DAY_INTERVAL_TYPES.contains(type)) {
          return false;
        }
      }
      return true;
    }

    private static void checkColumns(SqlCallBinding binding, SqlCall descriptor) {
      for (SqlNode column : descriptor.getOperandList()) {
        String name = ((SqlIdentifier) column).getSimple();
        RelDataType type = binding.getOperandType(0);
        if (binding.getValidator().getCatalogReader().nameMatcher().field(type, name) == null) {
          throw SqlUtil.newContextException(
              column.getParserPosition(), Static.RESOURCE.unknownIdentifier(name));
        }
      }
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return form(name).orElseThrow();
    }

    @Override
    public boolean isOptional(int operand) {
      return operand >= 2 + kind.required();
    }
  }
}
