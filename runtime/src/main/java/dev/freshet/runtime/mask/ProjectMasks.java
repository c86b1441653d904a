package dev.freshet.runtime.mask;

import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Mask;
import dev.freshet.contracts.mask.MaskKey;
import dev.freshet.contracts.mask.Masking;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The masks of a project. Immutable; safe for all threads. */
public final class ProjectMasks {
  private final Optional<MaskKey> key;

  private ProjectMasks(Optional<MaskKey> key) {
    this.key = key;
  }

  /**
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} when a mask needs the project's key,
   *     and there is none
   */
  public static ProjectMasks of(Project project) {
    Optional<Secret> secret = project.settings().maskingKey();
    for (Contract contract : project.contracts().values()) {
      if (contract.masking().needsKey()) {
        return new ProjectMasks(
            Optional.of(MaskKey.of(secret.orElseThrow(() -> noKey(contract)).reveal())));
      }
    }
    return new ProjectMasks(Optional.empty());
  }

  private static FreshetException noKey(Contract contract) {
    Map.Entry<String, Mask> first =
        contract.masking().masks().entrySet().stream()
            .filter(mask -> mask.getValue().needsKey())
            .min(Map.Entry.comparingByKey())
            .orElseThrow();
    return new FreshetException(
        ErrorCode.CONFIG_INVALID,
        "Cannot mask column "
            + first.getKey()
            + " of table "
            + contract.table()
            + " by "
            + first.getValue().text()
            + ": the project has no masking key. Make one with openssl rand -base64 32, keep it in"
            + " the environment, and name its variable in freshet.yaml: masking: {key:"
            + " ${MASKING_KEY}}.");
  }

  /** The key, when a mask of the project needs it. */
  Optional<MaskKey> key() {
    return key;
  }

  /** The masks of some of the project's tables. */
  public Masks of(Collection<Contract> tables) {
    Map<String, Masking> maskings = new HashMap<>();
    tables.forEach(table -> maskings.put(table.table(), table.masking()));
    return new Masks(maskings, key);
  }

  /** Which columns are masked, a line for each table that has some. */
  public static List<String> lines(Collection<Contract> tables) {
    List<String> lines = new ArrayList<>();
    for (Contract table : tables) {
      if (!table.masking().isEmpty()) {
        lines.add(table.table() + ": " + table.masking().text());
      }
    }
    return lines;
  }
}
