package dev.vidda.node.architecture;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.logging.Logger;

/** One class for each rule that it breaks. */
final class Breaches {
    private Breaches() {}

    static final class StringUtils {}

    static class OpenActor extends AbstractOnMessageBehavior<String> {
        OpenActor(ActorContext<String> context) {
            super(context);
        }

        @Override
        public Behavior<String> onMessage(String message) {
            return this;
        }
    }

    static final class Printer {
        void print() {
            System.out.println();
        }
    }

    static final class Allocator {
        MemorySegment allocate(Arena arena) {
            return arena.allocate(1);
        }
    }

    static final class JavaLogger {
        Logger logger() {
            return Logger.getLogger("any");
        }
    }
}
