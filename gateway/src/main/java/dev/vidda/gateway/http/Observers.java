package dev.vidda.gateway.http;

import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.RequestObserver;
import java.util.List;

/** Makes the observer of each request that generates. */
@FunctionalInterface
interface Observers {
    /** @param parts one for each prompt, as they are submitted */
    RequestObserver of(Permit permit, List<Generation.Part> parts);
}
