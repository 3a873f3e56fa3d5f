package dev.vidda.protocol;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.protocol.kv.KvShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages that cross nodes. */
final class WireExamples {
    static final String SPAN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final ActorTestKit kit;

    /** @param kit makes whom they name */
    WireExamples(ActorTestKit kit) {
        this.kit = kit;
    }

    /** At least one of each message, and of each form that it may have. */
    List<Wire> all() {
        List<Wire> all = new ArrayList<>();
        all.addAll(schedulerCommands());
        all.addAll(admissionReplies());
        all.addAll(workerCommands());
        all.addAll(tokenFrames());
        all.add(new QuotaUse(ref(), List.of(new QuotaUse.Use("tenant:a", 3, 1L << 40, 2))));
        all.add(new WorkerHostCommand.Load("m", 5_000, ref()));
        all.add(new WorkerHostCommand.Unload(0, ref()));
        all.add(new WorkerHostCommand.Describe(ref()));
        all.add(new WorkerHostReply(
                "w1",
                WorkerHostReply.Outcome.REFUSED,
                WorkerHostReply.State.LOADING,
                "m",
                1L << 33,
                1L << 34,
                "no: \u221e",
                List.of("m", "n")));
        all.add(new SchedulerAlive(ref(), 7, 3));
        all.add(new WorkerOrderReply("w1", true));
        all.add(new ModelList(List.of()));
        all.add(new ModelList(List.of(card())));
        all.add(new Capacity(
                List.of(new Capacity.WorkerCapacity(card(), report(), 125, 100, 250, 7, 32_768)),
                List.of(new Capacity.ModelQueue(
                        "m", 3, 400, 1_500, List.of(new Capacity.TenantShare("t", 0.5, 3, 1L << 40)))),
                new AdmissionCounts(1, 2, Map.of(Refusal.Reason.TOO_LATE, 3L), 4, 5, 6, 7, 8, 9)));
        Refusal full = new Refusal(Refusal.Reason.QUEUE_FULL, "full", 1_000, 10, 9, 145);
        all.add(new FitAnswer(3, 1L << 33, 12, 250, -1, 300, 41.5, Optional.of(full)));
        all.add(new FitAnswer(3, 1L << 33, 12, 0, 0, 300, 41.5, Optional.empty()));
        all.add(limits());
        return all;
    }

    private List<Wire> schedulerCommands() {
        AdmissionRequest request = new AdmissionRequest(
                "r1",
                "Qwen/Qwen3-4B",
                17,
                64,
                2,
                new Tenant("tenant é", 2.5, 4_096),
                ServiceClass.BATCH,
                true,
                new Patience(1_795_000_000_000L, 30_000, 1_000, 50),
                List.of("w7"),
                hashes());
        AdmissionRequest bare = AdmissionRequest.standard("r2", "m", 1, 1, List.of());
        return List.of(
                new SchedulerCommand.Admit(request, ref()),
                new SchedulerCommand.Admit(bare, ref()),
                new SchedulerCommand.Admit(bare.under(Optional.of(SPAN)), ref()),
                new SchedulerCommand.Release("r1", -1),
                new SchedulerCommand.PrefixesChanged(new PrefixChanges("w1", 3, hashes(), hashes())),
                new SchedulerCommand.AskCapacity(ref()),
                new SchedulerCommand.RegisterWorker(card(), List.of(lease()), ref()),
                new SchedulerCommand.Report(report()),
                new SchedulerCommand.Report(WorkerReport.idle("w1")),
                new SchedulerCommand.Ping(7, ref()),
                new SchedulerCommand.DrainWorker("w1", 5_000, ref()),
                new SchedulerCommand.ResumeWorker("w1", ref()),
                new SchedulerCommand.FlushWorker("w1", ref()),
                new SchedulerCommand.ListModels(ref()),
                new SchedulerCommand.AskFit(
                        new FitQuestion("m", 17, 64, 5, Tenant.ANYONE, ServiceClass.INTERACTIVE, true, 300, 40), ref()),
                new SchedulerCommand.ChangeLimits(limits(), ref()),
                new SchedulerCommand.AskLimits(ref()));
    }

    private SchedulerLimits limits() {
        return new SchedulerLimits(1_024, 16, 60_000, 0.9, 8, 500, 50, 1_000, Map.of("m", 8_192));
    }

    private List<Wire> admissionReplies() {
        List<Wire> all = new ArrayList<>();
        all.add(new AdmissionReply.Admitted(lease(), ref()));
        all.add(new AdmissionReply.Queued("r1", 0, 1_500));
        all.add(new AdmissionReply.AskAgain());
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            all.add(new AdmissionReply.Refused("r1", new Refusal(reason, "why: ∞", -1, 10, 9, 145)));
        }
        return all;
    }

    private List<Wire> workerCommands() {
        Sampling everything = new Sampling(
                0.7f,
                20,
                0.95f,
                0.01f,
                1.1f,
                -0.5f,
                0.25f,
                Map.of(7, -100f, 151_000, 2.5f),
                Long.MIN_VALUE,
                List.of(151_645, 151_643),
                3,
                4_096,
                20);
        GenerationRequest sampled = new GenerationRequest("r2", TokenIds.of(0, -1, 23, 24, 65_536), 4, everything, "");
        return List.of(
                new WorkerCommand.Start(generation("r1", TokenIds.of(5)), lease(), ref()),
                new WorkerCommand.Start(sampled, lease(), ref()),
                new WorkerCommand.Start(sampled.under(Optional.of(SPAN)), lease(), ref()),
                new WorkerCommand.Start(continued(), lease(), ref()),
                new WorkerCommand.Drain(5_000),
                new WorkerCommand.Resume(),
                new WorkerCommand.FlushPrefixCache(),
                new WorkerCommand.SendPrefixes(ref()),
                new WorkerCommand.Cancel("r1"));
    }

    private List<Wire> tokenFrames() {
        List<Wire> all = new ArrayList<>();
        all.add(new TokenFrame("w1", 0, List.of()));
        TokenLogprobs logprobs =
                new TokenLogprobs(-0.125f, TokenIds.of(9, 8), List.of(-0.125f, Float.NEGATIVE_INFINITY));
        TokenLogprobs chosenOnly = new TokenLogprobs(-3f, TokenIds.EMPTY, List.of());
        TokenDelta running =
                new TokenDelta("r1", 1, 5, TokenIds.of(9, 8), List.of(logprobs, chosenOnly), Optional.empty());
        for (FinishReason reason : FinishReason.values()) {
            Finish finish = new Finish(reason, 151_645, 16, 2, "device lost");
            TokenDelta last = new TokenDelta("r2", 0, 9, TokenIds.EMPTY, List.of(), Optional.of(finish));
            all.add(new TokenFrame("w1", Long.MAX_VALUE, List.of(running, last)));
        }
        return all;
    }

    /** A request of that prompt. */
    GenerationRequest generation(String id, TokenIds prompt) {
        return new GenerationRequest(id, prompt, 1, Sampling.greedy(16, List.of()), "salt");
    }

    private GenerationRequest continued() {
        var sample = new GenerationRequest.Continuation(1, TokenIds.of(7, 8));
        return new GenerationRequest(
                "r3",
                TokenIds.of(1),
                2,
                Sampling.greedy(16, List.of()),
                "",
                List.of(sample),
                Optional.of(new Constraint("root ::= 'a'", List.of(2, 0))));
    }

    private List<BlockHash> hashes() {
        return BlockHash.chain("m", "s", TokenIds.of(1, 2, 3, 4), 2);
    }

    private WorkerReport report() {
        return new WorkerReport(
                "w1",
                Long.MAX_VALUE,
                WorkerState.DRAINING,
                new BlockCounts(1, 2, 3),
                new SequenceCounts(4, 5, 6, 7),
                new TokenCounts(7, 8, 9),
                List.of(new StepSample(512, 131_328, 8, 1_000_000, 9_500)),
                new LeaseChanges(List.of(lease()), List.of("r0")),
                Optional.of(new DeviceHealth(41, 350.5, 1_980, 97, 1L << 36, 1L << 37, true)));
    }

    Lease lease() {
        return new Lease("r1", "w1", 12, true);
    }

    private WorkerCard card() {
        return new WorkerCard(
                "w1",
                "Qwen/Qwen3-4B",
                "cpu, 2 cores",
                32_768,
                KvShape.latent(61, 512, 64, 2),
                4_096,
                256,
                new MemoryUse(141L << 30, 1L << 29, 8L << 30, 1L << 30, 100L << 30),
                "0.1.0",
                1_795_000_000L);
    }

    /** Somebody. */
    <T> ActorRef<T> ref() {
        return kit.<T>createTestProbe().getRef();
    }
}
