package dev.freshet.testing.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which calls to a {@link SimulatedStorage} go wrong, and how many did. */
final class FaultPlan {
  private static final long NEVER = -1;

  private final RandomGenerator random;
  private final Map<Call, Long> callsOf = new EnumMap<>(Call.class);
  private final Map<Call, Map<Fault, Long>> hits = new EnumMap<>(Call.class);
  private long calls;
  private long failingCall = NEVER;
  private @Nullable Call failingKind;
  private Fault fault = Fault.IO_ERROR;
  private double failureChance;
  private long cutCall = NEVER;
  private @Nullable Call cutKind;

  FaultPlan(RandomGenerator random) {
    this.random = random;
    for (Call call : Call.values()) {
      callsOf.put(call, 0L);
      hits.put(call, new EnumMap<>(Fault.class));
    }
  }

  long calls() {
    return calls;
  }

  private long calls(@Nullable Call kind) {
    return kind == null ? calls : callsOf.getOrDefault(kind, 0L);
  }

  /** A null kind means calls of all kinds. */
  void fail(@Nullable Call kind, long n, Fault how) {
    failingKind = kind;
    failingCall = calls(kind) + n;
    fault = how;
  }

  void failRandomly(double chance) {
    failureChance = chance;
    failingCall = NEVER;
  }

  void cutPower(Call kind, long n) {
    cutKind = kind;
    cutCall = calls(kind) + n;
  }

  /** Forgets what has not come yet, but for random failures. */
  void forget() {
    failingCall = NEVER;
    cutCall = NEVER;
  }

  /** Counts a call. */
  void count(Call call) {
    calls++;
    callsOf.merge(call, 1L, Long::sum);
  }

  boolean cutsPower(Call call) {
    return call == cutKind && calls(cutKind) == cutCall;
  }

  /** How the call that was counted last fails, if it does. */
  @Nullable Fault next(Call call) {
    boolean isKind = failingKind == null || failingKind == call;
    if (isKind && calls(failingKind) == failingCall) {
      return fault;
    }
    if (failureChance > 0 && random.nextDouble() < failureChance) {
      return Fault.values()[random.nextInt(Fault.values().length)];
    }
    return null;
  }

  void hit(Call call, Fault how) {
    hits.getOrDefault(call, Map.of()).merge(how, 1L, Long::sum);
  }

  long hits(Call call, Fault how) {
    return hits.getOrDefault(call, Map.of()).getOrDefault(how, 0L);
  }
}
