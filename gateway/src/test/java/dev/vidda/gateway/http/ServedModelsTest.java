package dev.vidda.gateway.http;

import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.protocol.WorkerCard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServedModelsTest {
    private static final Duration MEMORY = Duration.ofSeconds(10);
    private static final Duration ALMOST = MEMORY.minusMillis(1);
    private static final WorkerCard CARD = TestGateway.card(TestGateway.KV_BLOCKS);

    private final ServedModels models = new ServedModels(Set.of(TestGateway.MODEL), MEMORY);

    @Test
    void oneThatNeverHadAWorkerIsRefusedAtOnce() {
        models.serve(model(TestGateway.MODEL));
        assertThat(models.obstacle()).contains("The scheduler does not answer.");
        models.workers(List.of());
        assertThat(models.obstacle()).contains("No worker serves the model.");
        assertThatThrownBy(this::find).isInstanceOf(ApiException.class).hasMessageContaining("No worker serves");
    }

    @Test
    void workersAreRememberedForAWhileByRequestsAndNotByHealth() {
        models.serve(model(TestGateway.MODEL));
        models.workers(List.of(CARD));
        models.passed(MEMORY.multipliedBy(2));
        assertThat(models.obstacle()).isEmpty();

        models.workers(List.of());
        models.passed(ALMOST);
        assertThat(models.obstacle()).contains("No worker serves the model.");
        assertThat(find().workers()).containsExactly(CARD);
        assertThat(models.serving()).hasSize(1);

        models.passed(Duration.ofMillis(1));
        assertThat(models.serving()).isEmpty();
        assertThatThrownBy(this::find).isInstanceOf(ApiException.class).hasMessageContaining("No worker serves");
    }

    @Test
    void aSilentSchedulersWorkersAreRememberedToo() {
        models.serve(model(TestGateway.MODEL));
        models.workers(List.of(CARD));
        models.schedulerSilent();
        models.passed(ALMOST);
        assertThat(models.obstacle()).contains("The scheduler does not answer.");
        assertThat(find().workers()).containsExactly(CARD);

        models.workers(List.of(CARD));
        models.schedulerSilent();
        models.passed(ALMOST);
        assertThat(find().workers()).as("heard of in between").containsExactly(CARD);
    }

    @Test
    void oneModelIsForgottenWhileAnotherIsServed() {
        models.serve(model(TestGateway.MODEL));
        models.serve(model("other"));
        WorkerCard other = new WorkerCard(
                "w2",
                "other",
                CARD.device(),
                CARD.maxModelLength(),
                CARD.kvShape(),
                CARD.kvBlocks(),
                CARD.maxSequences(),
                CARD.memory(),
                CARD.version(),
                0);
        models.workers(List.of(CARD, other));
        models.workers(List.of(CARD));
        models.passed(ALMOST);
        assertThat(models.serving()).hasSize(2);
        models.passed(MEMORY);
        assertThat(models.serving()).extracting(target -> target.model().id()).containsExactly(TestGateway.MODEL);
    }

    private ServedModels.Target find() {
        return models.find(Optional.of(TestGateway.MODEL));
    }

    private static ServedModel model(String id) {
        return new ServedModel(id, TestGateway.TEXT, 0);
    }
}
