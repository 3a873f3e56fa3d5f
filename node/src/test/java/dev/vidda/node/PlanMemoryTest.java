package dev.vidda.node;

import dev.vidda.gateway.admin.plan.GpuType;
import dev.vidda.gateway.admin.plan.ModelFacts;
import dev.vidda.gateway.admin.plan.Plan;
import dev.vidda.gateway.admin.plan.PlanRequest;
import dev.vidda.gateway.admin.plan.Planner;
import dev.vidda.gateway.admin.plan.Precision;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.WorkerCard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What the plan says that a model takes, against the bytes that a device counts when it has loaded that model. */
@Timeout(120)
final class PlanMemoryTest {
    private static final Percentage NEAR = Percentage.withPercentage(5);
    private static final int FLOAT_BYTES = 4;

    @Test
    void aPlanIsNearTheBytesThatTheDeviceCounts() throws Exception {
        WorkerCard card;
        try (RunningNode node = new RunningNode(Map.of("vidda.node.model.kv-memory", "48MiB"))) {
            card = node.ready().workers().getFirst();
        }
        MemoryUse counted = card.memory();
        Path demo = RunningNode.ROOT.resolve("models/demo/config.json");
        ModelFacts model = ModelFacts.read("demo", RunningNode.JSON.readTree(Files.readString(demo)));
        int context = card.maxModelLength();
        Plan plan = Planner.plan(new PlanRequest(
                new GpuType("host", 8L << 30, 50e9, 1e12, 0),
                1,
                model,
                Precision.BF16,
                FLOAT_BYTES,
                context,
                card.kvBlocks() / Math.ceilDiv(context, card.kvShape().blockTokens()),
                512,
                PlanRequest.KV_SHARE));

        assertThat(counted.weights()).isPositive();
        assertThat((double) plan.weights()).isCloseTo(counted.weights(), NEAR);
        assertThat(plan.kvNeeded()).isLessThanOrEqualTo(counted.kv());
        // The host needs no driver.
        double workspace = plan.workspace() - (double) Planner.SPARE_BYTES;
        double planned = plan.weights() + workspace + card.kvBlocks() * (double) plan.kvPool() / plan.blocks();
        assertThat(planned).isCloseTo((double) counted.weights() + counted.workspace() + counted.kv(), NEAR);
    }
}
