package dev.vidda.protocol;

import akka.actor.typed.ActorRef;
import java.util.List;

/**
 * What a gateway let in since it said so last, for the other gateways to count it, too.
 *
 * @param gateway who says so
 */
public record QuotaUse(ActorRef<QuotaUse> gateway, List<Use> uses) implements Wire {
    /**
     * What one tenant, or one key, used.
     *
     * @param meter what is counted: a kind and a name
     * @param requests let in since the last time
     * @param tokens prompt and generated ones since the last time
     * @param underWay requests under way now
     */
    public record Use(String meter, long requests, long tokens, int underWay) {}

    public QuotaUse {
        uses = List.copyOf(uses);
    }
}
