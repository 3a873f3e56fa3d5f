package dev.vidda.gateway.security;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.protocol.Tenant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** A request that was let in: counts what it uses until it is closed. Thread-safe. */
public final class Permit implements AutoCloseable {
    private final Caller caller;
    private final Account account;
    private final Meter tenantMeter;
    private final Meter keyMeter;
    private final LongSupplier nanoClock;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Permit(Caller caller, Account account, Meter tenantMeter, Meter keyMeter, LongSupplier nanoClock) {
        this.caller = caller;
        this.account = account;
        this.tenantMeter = tenantMeter;
        this.keyMeter = keyMeter;
        this.nanoClock = nanoClock;
    }

    /** @throws ApiException with status 429 if a limit is reached */
    static Permit enter(Caller caller, Account account, Meter tenantMeter, Meter keyMeter, LongSupplier nanoClock) {
        long now = nanoClock.getAsLong();
        check(keyMeter.enter(new Quota(0, 0, caller.concurrent()), now));
        Optional<Meter.Excess> excess = tenantMeter.enter(account.quota(), now);
        if (excess.isPresent()) {
            keyMeter.leave();
            check(excess);
        }
        return new Permit(caller, account, tenantMeter, keyMeter, nanoClock);
    }

    public Caller caller() {
        return caller;
    }

    /** For whom the request runs. */
    public Tenant tenant() {
        return account.tenant();
    }

    /** @throws ApiException with status 429 if the tenant has no room for so many tokens now */
    public void prompt(int tokens) {
        check(tenantMeter.prompt(tokens, account.quota(), nanoClock.getAsLong()));
    }

    /** Counts generated tokens. */
    public void generated(int tokens) {
        if (account.quota().tokensPerMinute() > 0) {
            tenantMeter.generated(tokens, account.quota(), nanoClock.getAsLong());
        }
    }

    /** The request is over; means nothing the second time. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tenantMeter.leave();
            keyMeter.leave();
        }
    }

    private static void check(Optional<Meter.Excess> excess) {
        if (excess.isPresent()) {
            Meter.Excess limit = excess.get();
            throw new ApiException(new ApiError(
                    429, limit.message(), "rate_limit_error", null, "rate_limit_exceeded", limit.retryAfterSeconds()));
        }
    }
}
