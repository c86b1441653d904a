package dev.freshet.runtime.system;

import dev.freshet.capture.Installable;
import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.Source;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.runtime.mask.ProjectMasks;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.source.Sources;
import java.util.ArrayList;
import java.util.List;

/** One source of a project by itself: what it needs at its origin, and whether it is there. */
public final class SourceSetup {
  private final Project project;
  private final SourceSettings settings;

  private SourceSetup(Project project, SourceSettings settings) {
    this.project = project;
    this.settings = settings;
  }

  /**
   * @throws FreshetException CONFIG_NOT_FOUND when the project has no such source
   */
  public static SourceSetup of(Project project, String name) {
    SourceSettings settings = project.sources().get(name);
    if (settings == null) {
      throw new FreshetException(
          ErrorCode.CONFIG_NOT_FOUND,
          "Cannot find source: " + name + ". The project's are: " + project.sources().keySet());
    }
    return new SourceSetup(project, settings);
  }

  /** The sources of a project by their names. */
  public static List<String> names(Project project) {
    return List.copyOf(project.sources().keySet());
  }

  /**
   * Looks at the source as a start would; returns what was found, a line each.
   *
   * @throws FreshetException with all that is missing, and with the statements that mend it
   */
  public List<String> check() {
    ProjectMasks.of(project);
    List<String> lines = new ArrayList<>();
    ProjectCheck.addSource(
        settings,
        project,
        new TableResolver(project),
        ServerFile.isAnswered(project.settings().state()),
        lines);
    return lines;
  }

  /** The statements that are left to run until all that the source needs is at its origin. */
  public List<String> installing() {
    return installable().statements(Change.INSTALL);
  }

  /** The same for someone who runs them by hand: all or none, where the origin can. */
  public List<String> installingByHand() {
    return installable().printed(Change.INSTALL);
  }

  /** The statements that take it away again. */
  public List<String> uninstalling() {
    return installable().statements(Change.UNINSTALL);
  }

  /** The same for someone who runs them by hand. */
  public List<String> uninstallingByHand() {
    return installable().printed(Change.UNINSTALL);
  }

  /**
   * Runs statements that the methods above gave.
   *
   * @throws FreshetException with the one that failed
   */
  public void run(List<String> statements) {
    installable().run(statements);
  }

  private Installable installable() {
    Source source =
        Sources.create(settings, project, new TableResolver(project).promised(settings));
    if (source instanceof Installable installable) {
      return installable;
    }
    throw settings
        .details()
        .require("kind")
        .invalid(
            "Cannot install source "
                + settings.name()
                + ": a source of kind "
                + settings.kind()
                + " needs nothing of Freshet's at its origin. Sources of kind trigger and postgres do.");
  }
}
