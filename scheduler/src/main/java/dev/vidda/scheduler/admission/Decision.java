package dev.vidda.scheduler.admission;

import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Refusal;

/** What {@link Admission} decided about one request. */
public sealed interface Decision {
    String requestId();

    /** The blocks are committed; the request may start. */
    record Granted(Lease lease) implements Decision {
        @Override
        public String requestId() {
            return lease.requestId();
        }
    }

    /**
     * The request waits, or has moved forward far enough that its client wants to know.
     *
     * @param position requests in front of it, from 0
     */
    record Waits(String requestId, int position) implements Decision {}

    /** The request will not run; it is forgotten. */
    record Refused(String requestId, Refusal refusal) implements Decision {}

    /** The worker that held the lease is gone, and the lease with it. */
    record Ended(Lease lease) implements Decision {
        @Override
        public String requestId() {
            return lease.requestId();
        }
    }
}
