package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.scheduler.admission.Decision.Granted;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Where texts go when they have to drive out others, or need not. */
final class CacheRoomTest {
    private static final int BLOCKS = 1_000;
    private static final SchedulerLimits LIMITS = new SchedulerLimits(1_000, 1_000, 0, 0.9, 4, 60_000, 0, 0, Map.of());

    private final Admission admission = new Admission(Cards.rules(LIMITS));
    private int asked;

    @AfterEach
    void invariantsHold() {
        admission.checkIntegrity();
    }

    @Test
    void aNewTextGoesWhereNothingHasToLeaveTheCache() {
        join("w1", "w2", "w3");
        caches("w1", BLOCKS);
        caches("w2", BLOCKS - 10);
        caches("w3", BLOCKS / 2);
        assertThat(workerOf(1_600, 1)).isEqualTo("w3");
    }

    @Test
    void decisionsTakeRoomBeforeTheWorkerSaysSo() {
        join("w1", "w2");
        caches("w1", BLOCKS / 2);
        caches("w2", BLOCKS);
        assertThat(workerOf(7_900, 1)).isEqualTo("w1");
        assertThat(workerOf(7_900, 2)).as("both would evict as much now").isEqualTo("w2");
    }

    @Test
    void aTextStaysWhereItIsThoughOthersHaveMoreRoom() {
        join("w1", "w2");
        admission.prefixes(new PrefixChanges("w1", 0, text(1, 100), List.of()));
        caches("w1", BLOCKS);
        caches("w2", 0);
        assertThat(workerOf(1_700, 1)).isEqualTo("w1");
    }

    private void join(String... ids) {
        for (String id : ids) {
            admission.join(Cards.worker(id, "m", BLOCKS), List.of(), 0);
        }
    }

    /** The worker says that so many of its blocks hold texts that nobody uses. */
    private void caches(String id, int blocks) {
        WorkerReport idle = WorkerReport.idle(id);
        admission.report(
                new WorkerReport(
                        id,
                        1,
                        idle.state(),
                        new BlockCounts(0, blocks, 0),
                        idle.sequences(),
                        idle.tokens(),
                        List.of(),
                        idle.leases(),
                        idle.health()),
                0);
    }

    private String workerOf(int tokens, int text) {
        AdmissionRequest request = AdmissionRequest.standard("r" + asked++, "m", tokens, 10, text(text, tokens / 16));
        return ((Granted) admission.admit(request, 0, 0).getLast()).lease().workerId();
    }

    private static List<BlockHash> text(int name, int blocks) {
        return LongStream.range(0, blocks)
                .mapToObj(block -> new BlockHash(0, name * 1_000_003L + block))
                .toList();
    }
}
