package dev.vidda.gateway.socket;

import akka.util.ByteString;
import java.io.IOException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StallTest {
    /** A socket with so much room; the client reads nothing by itself. */
    private static final class Room implements Sender.Socket {
        private int room;

        @Override
        public ByteString write(ByteString bytes) {
            int taken = Math.min(room, bytes.size());
            room -= taken;
            return bytes.drop(taken);
        }

        @Override
        public ByteString writeChunk(byte[] size, byte[] bytes) {
            return write(ByteString.fromArray(size)
                    .concat(ByteString.fromArray(Sender.LINE_END))
                    .concat(ByteString.fromArray(bytes))
                    .concat(ByteString.fromArray(Sender.LINE_END)));
        }
    }

    private static final Sender.Listener NOBODY = new Sender.Listener() {
        @Override
        public void stuck() {}

        @Override
        public void broken() {
            throw new AssertionError("this socket does not break");
        }
    };
    /** 64 bytes, and as many as its frame takes: 40, line end, bytes, line end. */
    private static final byte[] CHUNK = new byte[64];

    private static final int FRAMED = 2 + 2 + 64 + 2;

    @Test
    void aClientThatTookNothingSinceTheFirstLookIsOver() {
        Stall stall = new Stall(7);
        for (int look = 1; look < Stall.LOOKS; look++) {
            assertThat(stall.look(7)).as("look %d", look).isFalse();
        }
        assertThat(stall.look(7)).isTrue();
    }

    @Test
    void oneByteAtTheLastMomentGivesAllOfTheTimeAgain() {
        Stall stall = new Stall(0);
        for (int taken = 1; taken < 20; taken++) {
            for (int look = 1; look < Stall.LOOKS; look++) {
                assertThat(stall.look(taken - 1))
                        .as("look %d before byte %d", look, taken)
                        .isFalse();
            }
            assertThat(stall.look(taken)).as("byte %d", taken).isFalse();
        }
    }

    @Test
    void aClientThatTakesAsMuchAsComesIsNotTakenForOneThatTakesNothing() throws IOException {
        Room room = new Room();
        Sender sender = new Sender(room, NOBODY);
        room.room = FRAMED / 2;
        sender.chunk(CHUNK);
        Stall stall = new Stall(sender.taken());
        for (int chunk = 1; chunk < 3 * Stall.LOOKS; chunk++) {
            // As much is unsent after each round as was before.
            sender.await(() -> sender.chunk(CHUNK));
            room.room = FRAMED;
            sender.flush();
            assertThat(sender.isIdle()).isFalse();
            assertThat(sender.taken()).isEqualTo(FRAMED / 2 + (long) chunk * FRAMED);
            assertThat(stall.look(sender.taken())).as("after chunk %d", chunk).isFalse();
        }
        for (int look = 1; look < Stall.LOOKS; look++) {
            assertThat(stall.look(sender.taken())).isFalse();
        }
        assertThat(stall.look(sender.taken())).isTrue();
    }
}
