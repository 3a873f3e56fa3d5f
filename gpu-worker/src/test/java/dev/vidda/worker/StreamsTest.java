package dev.vidda.worker;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.worker.Streams.Outgoing;
import dev.vidda.worker.engine.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamsTest {
    private final Streams<String> streams = new Streams<>("w");

    @Test
    void aStepGivesOneFrameToEachGateway() {
        open("a", 1, "east");
        open("b", 1, "west");
        open("c", 1, "east");
        List<Outgoing<String>> frames = streams.frames(List.of(delta("a"), delta("b"), delta("c")));
        assertThat(frames).extracting(Outgoing::gateway).containsExactly("east", "west");
        assertThat(frames.getFirst().frame().deltas()).containsExactly(delta("a"), delta("c"));
        assertThat(frames.getFirst().frame().workerId()).isEqualTo("w");
    }

    @Test
    void framesAreNumberedForEachGatewayWithoutGaps() {
        open("a", 1, "east");
        open("b", 1, "west");
        assertThat(number(delta("a"))).isZero();
        assertThat(number(delta("b"))).isZero();
        assertThat(number(delta("a"))).isEqualTo(1);
        assertThat(streams.frame("east", List.of()).frame().number()).isEqualTo(2);
    }

    @Test
    void theLastSampleClosesTheRequest() {
        open("a", 2, "east");
        assertThat(streams.frames(List.of(end("a")))).hasSize(1);
        TokenDelta other = end("a");
        assertThat(streams.frames(List.of(
                        new TokenDelta("a", 1, other.firstIndex(), other.tokens(), other.logprobs(), other.finish()))))
                .hasSize(1);
        assertThat(streams.frames(List.of(delta("a")))).isEmpty();
    }

    @Test
    void nothingFollowsACancel() {
        open("a", 1, "east");
        streams.close("a");
        assertThat(streams.frames(List.of(delta("a")))).isEmpty();
    }

    @Test
    void aGatewayThatIsGoneTakesItsRequestsAndItsNumbersAlong() {
        open("a", 1, "east");
        open("b", 1, "west");
        assertThat(number(delta("a"))).isZero();
        assertThat(streams.forget("east")).containsExactly("a");
        assertThat(streams.frames(List.of(delta("a")))).isEmpty();
        open("c", 1, "east");
        assertThat(number(delta("c"))).isZero();
    }

    @Test
    void leasesAreHeldFromOpeningToTheEndAndEachChangeIsToldOnce() {
        open("a", 1, "east");
        open("b", 1, "east");
        assertThat(streams.takeChanges())
                .isEqualTo(new LeaseChanges(List.of(new Lease("a", "w", 1), new Lease("b", "w", 1)), List.of()));
        streams.frames(List.of(end("a")));
        assertThat(streams.held()).containsExactly(new Lease("b", "w", 1));
        streams.close("b");
        streams.close("b");
        assertThat(streams.takeChanges()).isEqualTo(new LeaseChanges(List.of(), List.of("a", "b")));
        assertThat(streams.takeChanges()).isEqualTo(LeaseChanges.NONE);
        assertThat(streams.held()).isEmpty();
    }

    @Test
    void aSignOfLifeCarriesTheNumberOfTheNextFrame() {
        open("a", 1, "east");
        assertThat(streams.signsOfLife().getFirst().frame()).isEqualTo(new TokenFrame("w", 0, List.of()));
        streams.frames(List.of(delta("a")));
        assertThat(streams.signsOfLife().getFirst().frame()).isEqualTo(new TokenFrame("w", 1, List.of()));
        streams.forget("east");
        assertThat(streams.signsOfLife()).isEmpty();
    }

    @Test
    void aStepThatWouldMakeTooLargeAFrameMakesSeveral() {
        List<TokenDelta> deltas = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            open("r" + i, 1, "east");
            deltas.add(delta("r" + i));
        }
        List<Outgoing<String>> frames = streams.frames(deltas);
        assertThat(frames).hasSizeGreaterThan(1);
        assertThat(frames).extracting(each -> each.frame().number()).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(frames.stream().flatMap(each -> each.frame().deltas().stream()))
                .isEqualTo(deltas);
    }

    private long number(TokenDelta delta) {
        return streams.frames(List.of(delta)).getFirst().frame().number();
    }

    @Test
    void cuttingFailsEachOpenSampleWhereItStandsAndNothingFollows() {
        open("a", 2, "east");
        open("b", 1, "west");
        streams.frames(List.of(delta("a")));
        streams.frames(List.of(end("b")));
        List<Outgoing<String>> last = streams.cut("gone");
        assertThat(last).extracting(Outgoing::gateway).containsExactly("east");
        List<TokenDelta> deltas = last.getFirst().frame().deltas();
        assertThat(last.getFirst().frame().number()).isEqualTo(1);
        assertThat(deltas).extracting(TokenDelta::choice).containsExactly(0, 1);
        assertThat(deltas)
                .extracting(TokenDelta::firstIndex)
                .containsExactly(delta("a").firstIndex() + delta("a").tokens().size(), 0);
        assertThat(deltas).allMatch(each -> each.finish().orElseThrow().reason() == FinishReason.FAILED);
        assertThat(streams.frames(List.of(delta("a")))).isEmpty();
        assertThat(streams.signsOfLife()).isEmpty();
        assertThat(streams.held()).isEmpty();
        assertThat(streams.takeChanges().ended()).contains("a", "b");
    }

    private void open(String id, int samples, String gateway) {
        streams.open(
                Requests.request(id, TokenIds.of(1), samples, Requests.sampling(0, 5, List.of(), 0)),
                new Lease(id, "w", 1),
                gateway);
    }

    private static TokenDelta delta(String id) {
        return new TokenDelta(id, 0, 0, TokenIds.of(7), List.of(), Optional.empty());
    }

    private static TokenDelta end(String id) {
        Finish finish = new Finish(FinishReason.LENGTH, -1, 0, 0, "");
        return new TokenDelta(id, 0, 0, TokenIds.EMPTY, List.of(), Optional.of(finish));
    }
}
