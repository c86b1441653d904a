package dev.freshet.peer.flink;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.functions.LookupFunction;

/** The connector {@code side-input}: the numbers 0 to 9,999 with a label, looked up in memory. */
public final class SideInputFactory implements DynamicTableSourceFactory {
  private static final int ROWS = 10_000;

  @Override
  public String factoryIdentifier() {
    return "side-input";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    return new SideInput();
  }

  private record SideInput() implements LookupTableSource {
    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
      return LookupFunctionProvider.of(new Labels());
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "side input";
    }
  }

  /** Public, because Flink's generated code calls it. */
  public static final class Labels extends LookupFunction {
    @Override
    public Collection<RowData> lookup(RowData key) {
      long id = key.getLong(0);
      return id < 0 || id >= ROWS ? List.of() : List.of(Rows.ALL[(int) id]);
    }
  }

  private static final class Rows {
    static final RowData[] ALL = new RowData[ROWS];

    static {
      for (int i = 0; i < ROWS; i++) {
        ALL[i] = GenericRowData.of((long) i, StringData.fromString(String.valueOf(i)));
      }
    }
  }
}
