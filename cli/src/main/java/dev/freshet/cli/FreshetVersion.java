package dev.freshet.cli;

import picocli.CommandLine.IVersionProvider;

/**
 * Answers {@code freshet --version} from the jar's manifest, so the version stands in the root pom
 * only.
 */
final class FreshetVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = FreshetVersion.class.getPackage().getImplementationVersion();
    String shown = version == null ? "(not packaged)" : version;
    return new String[] {"freshet " + shown + " on Java " + Runtime.version()};
  }
}
