package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.vidda.scheduler.admission.Cards.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

final class WaitingLineTest {
    private final WaitingLine line = new WaitingLine(3, 2.0);

    @Test
    void whoeverCameFirstIsFirst() {
        assertThat(line.join(request("a", "m", 1), 1)).isZero();
        assertThat(line.join(request("b", "m", 1), 1)).isEqualTo(1);
        assertThat(line.head().map(AdmissionRequest::id)).contains("a");
        assertThat(line.position("b")).isEqualTo(1);
        line.leave("a");
        assertThat(line.head().map(AdmissionRequest::id)).contains("b");
        assertThat(line.position("b")).isZero();
    }

    @Test
    void itIsBoundedByRequests() {
        for (String id : List.of("a", "b", "c")) {
            assertThat(line.hasRoomFor(1, 100)).isTrue();
            line.join(request(id, "m", 1), 1);
        }
        assertThat(line.hasRoomFor(1, 100)).isFalse();
        line.leave("b");
        assertThat(line.hasRoomFor(1, 100)).isTrue();
    }

    @Test
    void itIsBoundedByBlocks() {
        line.join(request("a", "m", 15), 15);
        assertThat(line.blocks()).isEqualTo(15);
        assertThat(line.hasRoomFor(5, 10)).isTrue();
        assertThat(line.hasRoomFor(6, 10)).isFalse();
        line.leave("a");
        assertThat(line.hasRoomFor(20, 10)).isTrue();
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void leavingTwiceChangesNothing() {
        line.join(request("a", "m", 4), 4);
        assertThat(line.leave("a")).isTrue();
        assertThat(line.leave("a")).isFalse();
        assertThat(line.blocks()).isZero();
        line.checkIntegrity();
    }

    @Test
    void thoseWithoutHopeLeaveInTheirOrder() {
        line.join(request("a", "m", 4), 4);
        line.join(request("b", "m", 1), 1);
        line.join(request("c", "m", 5), 5);
        assertThat(line.leaveIf(request -> request.promptTokens() > 16))
                .extracting(AdmissionRequest::id)
                .containsExactly("a", "c");
        assertThat(line.blocks()).isEqualTo(1);
        assertThat(line.size()).isEqualTo(1);
    }

    @Test
    void nobodyWaitsTwiceOrIsFoundWhoDoesNotWait() {
        line.join(request("a", "m", 1), 1);
        assertThatIllegalStateException().isThrownBy(() -> line.join(request("a", "m", 1), 1));
        assertThatIllegalStateException().isThrownBy(() -> line.position("b"));
        assertThat(line.find("b")).isEmpty();
    }

    @Test
    void aLongWayIsToldInFewMessages() {
        WaitingLine longLine = new WaitingLine(100, 1_000);
        for (int i = 0; i < 100; i++) {
            longLine.join(request("r" + i, "m", 1), 1);
        }
        List<Integer> toldToLast = new ArrayList<>();
        for (int i = 0; i < 99; i++) {
            longLine.leave("r" + i);
            longLine.positionsWorthTelling().stream()
                    .filter(told -> told.requestId().equals("r99"))
                    .forEach(told -> toldToLast.add(told.position()));
        }
        assertThat(toldToLast).containsExactly(49, 24, 12, 6, 3, 1, 0);
        assertThat(longLine.positionsWorthTelling()).isEmpty();
    }
}
