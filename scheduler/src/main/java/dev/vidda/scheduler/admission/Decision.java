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
     * @param position requests that are likely to be served before it, from 0
     * @param estimatedWaitMillis time until its turn; -1 when unknown
     */
    record Waits(String requestId, int position, long estimatedWaitMillis) implements Decision {}

    /** The request will not run; it is forgotten. */
    record Refused(String requestId, Refusal refusal) implements Decision {}

    /** The lease is no more: its worker is gone, or says that the request ended, or never began to serve it. */
    record Ended(Lease lease) implements Decision {
        @Override
        public String requestId() {
            return lease.requestId();
        }
    }
}
