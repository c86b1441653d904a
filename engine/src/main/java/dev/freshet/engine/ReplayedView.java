package dev.freshet.engine;

/**
 * A view that another engine computes, to take the place of a running one: see {@link
 * Engine#beginReplay}.
 *
 * @param since the position in the input from which on it is there
 */
public record ReplayedView(NewView view, long since) {
  String name() {
    return view.name();
  }
}
