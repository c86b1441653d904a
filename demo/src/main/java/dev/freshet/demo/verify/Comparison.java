package dev.freshet.demo.verify;

import java.util.List;

/**
 * One table or model on both sides.
 *
 * @param differences why they are not equal, for people to read; empty when they are
 */
public record Comparison(
    Question.Kind kind, String name, Side freshet, Side postgres, List<String> differences) {
  public Comparison {
    differences = List.copyOf(differences);
  }

  public boolean isEqual() {
    return differences.isEmpty();
  }
}
