package dev.freshet.kafka;

import java.util.regex.Pattern;

/**
 * Which topics fill a table.
 *
 * @param topic a topic's name, or a pattern between slashes
 * @param table its name in Freshet
 */
public record TopicChoice(String topic, String table) {
  /** Whether topics are chosen by a pattern, so that there may be several, and new ones. */
  public boolean isPattern() {
    return topic.length() > 2 && topic.startsWith("/") && topic.endsWith("/");
  }

  /**
   * The pattern that whole names match.
   *
   * @throws java.util.regex.PatternSyntaxException when it is none
   */
  public Pattern pattern() {
    return isPattern()
        ? Pattern.compile(topic.substring(1, topic.length() - 1))
        : Pattern.compile(Pattern.quote(topic));
  }
}
