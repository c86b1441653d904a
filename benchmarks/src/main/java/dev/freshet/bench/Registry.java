package dev.freshet.bench;

import dev.freshet.bench.capture.CaptureBenchmark;
import dev.freshet.bench.capture.SnapshotBenchmark;
import dev.freshet.bench.corrupt.CorruptProof;
import dev.freshet.bench.freshness.FreshnessBenchmark;
import dev.freshet.bench.fuzz.FuzzProof;
import dev.freshet.bench.harness.Benchmark;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.ingest.IngestBenchmark;
import dev.freshet.bench.iofault.IoFaultProof;
import dev.freshet.bench.kafka.KafkaBenchmark;
import dev.freshet.bench.kill.DiskProof;
import dev.freshet.bench.kill.KillProof;
import dev.freshet.bench.latency.LatencyBenchmark;
import dev.freshet.bench.logictest.LogicTestProof;
import dev.freshet.bench.memory.MemoryProof;
import dev.freshet.bench.nexmark.NexmarkBenchmark;
import dev.freshet.bench.nexmark.NexmarkProof;
import dev.freshet.bench.overload.OverloadProof;
import dev.freshet.bench.pipeline.PipelineBenchmark;
import dev.freshet.bench.powercut.PowerCutProof;
import dev.freshet.bench.query.QueryBenchmark;
import dev.freshet.bench.reconcile.ReconcileProof;
import dev.freshet.bench.recovery.CheckpointBenchmark;
import dev.freshet.bench.recovery.RecoveryBenchmark;
import dev.freshet.bench.simulate.SimulateProof;
import dev.freshet.bench.soak.SoakProof;
import dev.freshet.bench.sourceload.CaptureProof;
import dev.freshet.bench.startup.StartupBenchmark;
import dev.freshet.bench.syscall.SyscallProof;
import dev.freshet.bench.tpch.TpchProof;
import dev.freshet.bench.windows.WindowsBenchmark;
import java.util.List;

/** All benchmarks and proofs there are, in the order in which they are listed. */
final class Registry {
  static final List<Benchmark> BENCHMARKS =
      List.of(
          new PipelineBenchmark(),
          new CaptureBenchmark(),
          new SnapshotBenchmark(),
          new FreshnessBenchmark(),
          new IngestBenchmark(),
          new KafkaBenchmark(),
          new NexmarkBenchmark(),
          new WindowsBenchmark(),
          new QueryBenchmark(),
          new LatencyBenchmark(),
          new StartupBenchmark(),
          new LogBenchmark(),
          new CheckpointBenchmark(),
          new RecoveryBenchmark(),
          new LakeBenchmark());

  static final List<Proof> PROOFS =
      List.of(
          new KillProof(),
          new PowerCutProof(),
          new DiskProof(),
          new SimulateProof(),
          new CorruptProof(),
          new IoFaultProof(),
          new SyscallProof(),
          new CaptureProof(),
          new ReconcileProof(),
          new FuzzProof(),
          new TpchProof(),
          new NexmarkProof(),
          new OverloadProof(),
          new MemoryProof(),
          new SoakProof(),
          new LogicTestProof());

  private Registry() {}
}
