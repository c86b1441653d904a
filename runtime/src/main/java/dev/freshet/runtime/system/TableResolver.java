package dev.freshet.runtime.system;

import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Mask;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.runtime.function.FunctionFolder;
import dev.freshet.runtime.model.ModelCompiler;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.DeclaredWatermark;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.source.Sources;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds out which tables a source delivers and what they promise. A table with a contract is held
 * to it; one without takes its columns from the source, which then must be reachable.
 */
final class TableResolver {
  private final Map<String, Contract> contracts;
  private final Map<String, DeclaredWatermark> watermarks = new HashMap<>();
  private final Map<String, Keep> keeps = new HashMap<>();
  private final Set<String> mayLackKey = new HashSet<>();

  TableResolver(Project project) {
    this.contracts = project.contracts();
    for (SourceSettings source : project.sources().values()) {
      for (TableSelection table : source.tables()) {
        table.watermark().ifPresent(declared -> watermarks.put(table.table(), declared));
        keeps.put(table.table(), table.keep());
        if (Sources.mayLackKey(source)) {
          mayLackKey.add(table.table());
        }
      }
    }
  }

  /** The contract with what the source's file says of the table. */
  private Contract declared(Contract promised) {
    Contract contract = promised.with(keeps.getOrDefault(promised.table(), Keep.ALL));
    if (!mayLackKey.contains(contract.table())) {
      contract.requireKey();
    }
    DeclaredWatermark declared = watermarks.get(contract.table());
    if (declared == null) {
      return contract;
    }
    try {
      return contract.with(declared.watermark());
    } catch (FreshetException e) {
      throw declared.place().error(e.code(), e.getMessage());
    }
  }

  /**
   * Whether every table of the source has a contract, so that models can be checked without the
   * source.
   */
  boolean hasAllContracts(SourceSettings settings) {
    return settings.tables().stream().allMatch(table -> contracts.containsKey(table.table()));
  }

  /**
   * Errors in functions and SQL show before anything is touched; a table without a contract puts
   * the check off.
   */
  CheckedModels checkModels(Project project) {
    return checkModels(project, FunctionFolder.load(project.directory()));
  }

  /** As above, with functions that are there already. */
  CheckedModels checkModels(Project project, FunctionLibrary functions) {
    if (!project.sources().values().stream().allMatch(this::hasAllContracts)) {
      return CheckedModels.none(functions);
    }
    List<Contract> promised = new ArrayList<>();
    project.sources().values().forEach(source -> promised.addAll(fromContracts(source)));
    return new CheckedModels(
        promised, ModelCompiler.compile(promised, project.models(), functions), functions);
  }

  List<Contract> fromContracts(SourceSettings settings) {
    List<Contract> resolved = new ArrayList<>();
    for (TableSelection table : settings.tables()) {
      Contract contract = contracts.get(table.table());
      if (contract != null) {
        resolved.add(declared(contract));
      }
    }
    return resolved;
  }

  /** What the source's tables are to deliver, by their names. */
  Map<String, Contract> promised(SourceSettings settings) {
    return fromContracts(settings).stream()
        .collect(Collectors.toMap(Contract::table, Contract::received));
  }

  /**
   * Asks the source, and compares.
   *
   * @throws FreshetException with every problem that keeps the source from running, or with the
   *     first column that breaks its contract
   */
  List<Contract> fromSource(Source source, Resume resume) {
    return fromCheck(source.check(resume).orThrow(), source.name());
  }

  /** As {@link #fromSource}, of a source that has answered already. */
  List<Contract> fromCheck(SourceCheck check, String source) {
    return fromCheck(check, source, Map.of());
  }

  /**
   * As above.
   *
   * @param held tables of the source that are left alone, as they were when they still came: the
   *     source may have other columns, or none of them
   */
  List<Contract> fromCheck(SourceCheck check, String source, Map<String, Contract> held) {
    List<Contract> resolved = new ArrayList<>();
    for (SourceTable table : check.tables()) {
      Contract contract = contracts.get(table.name());
      if (!held.containsKey(table.name())) {
        resolved.add(
            declared(contract == null ? found(table) : compared(contract, table, source, check)));
      }
    }
    held.forEach(
        (name, contract) -> resolved.add(declared(contracts.getOrDefault(name, contract))));
    return resolved;
  }

  private static Contract found(SourceTable table) {
    List<String> key =
        Arrays.stream(table.keyColumns()).mapToObj(i -> table.schema().column(i).name()).toList();
    return new Contract(table.name(), table.schema(), key, "", "");
  }

  private static Contract compared(
      Contract contract, SourceTable table, String source, SourceCheck check) {
    String where = table.origin() + " of source " + source;
    Schema captured = table.schema();
    for (Column promised : contract.schema().columns()) {
      int index = captured.indexOf(promised.name());
      if (index >= 0) {
        requireType(contract, promised, captured.type(index), where);
      } else if (!promised.mayBeNull()) {
        throw violated(
            contract,
            "column "
                + promised.name()
                + " is promised, and "
                + where
                + " does not have it"
                + SchemaProblems.fate(check, table.name(), promised.name()));
      }
    }
    return contract;
  }

  private static void requireType(
      Contract contract, Column promised, DataType captured, String where) {
    Mask mask = contract.masking().masks().get(promised.name());
    if (mask != null && mask.masked(captured).isEmpty()) {
      throw violated(
          contract,
          "mask "
              + mask.text()
              + " of column "
              + promised.name()
              + " does not take "
              + captured.sql()
              + ", its type in "
              + where
              + "; it takes "
              + mask.takes());
    }
    DataType masked = mask == null ? captured : mask.masked(captured).orElse(captured);
    if (!masked.equals(promised.type())) {
      throw violated(
          contract,
          "column "
              + promised.name()
              + " is promised as "
              + promised.type().sql()
              + ", and is "
              + captured.sql()
              + " in "
              + where);
    }
  }

  private static FreshetException violated(Contract contract, String what) {
    return new FreshetException(
        ErrorCode.CONTRACT_VIOLATED,
        "Invalid contract: contracts/"
            + contract.table()
            + ".yaml: "
            + what
            + ". Change the contract, or the table.");
  }
}
