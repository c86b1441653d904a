package dev.freshet.debezium;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Ends what Debezium 3.5's connectors for MariaDB and MySQL leave running when a snapshot ends
 * while it locks the tables, by an error or since it was closed: a thread that asks the server
 * something each 30 s so that the connection with the locks is not cut, by a connection that it
 * makes anew. Nothing of theirs that is public leads there.
 */
final class LockHeartbeat {
  private LockHeartbeat() {}

  /**
   * What runs a task's snapshots; null when it was not started. To be asked before it is stopped.
   */
  static @Nullable Object coordinator(SourceTask task) {
    return field(task, "coordinator");
  }

  /** Ends it, of a task that is stopped; nothing happens where there is none. */
  static void end(@Nullable Object coordinator) {
    Object snapshots = coordinator == null ? null : field(coordinator, "snapshotSource");
    if (snapshots == null) {
      return;
    }
    for (Class<?> type = snapshots.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Method stop = type.getDeclaredMethod("stopLockHeartbeat");
        stop.setAccessible(true);
        stop.invoke(snapshots);
        return;
      } catch (NoSuchMethodException e) {
        continue; // a class above may have it
      } catch (ReflectiveOperationException e) {
        return; // then it goes on, which costs a thread
      }
    }
  }

  private static @Nullable Object field(Object of, String name) {
    for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
      } catch (NoSuchFieldException e) {
        continue; // a class above may have it
      } catch (ReflectiveOperationException e) {
        return null;
      }
    }
    return null;
  }
}
