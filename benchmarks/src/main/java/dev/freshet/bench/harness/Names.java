package dev.freshet.bench.harness;

import dev.freshet.core.error.Check;
import java.util.regex.Pattern;

/** Keeps names to what a script can split at spaces. */
public final class Names {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]*");

  private Names() {}

  public static String check(String name) {
    Check.that(NAME.matcher(name).matches(), "a name of [a-z0-9_.-]: " + name);
    return name;
  }
}
