package dev.vidda.gateway.security;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.protocol.QuotaUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Tells callers by their keys, and lets in what their quotas allow. Where no key is configured, everybody may do
 * everything; then the server must not be reached from elsewhere ({@link Exposure}). Thread-safe.
 */
public final class Gatekeeper {
    private static final String BEARER = "bearer ";
    private static final String TENANT = "tenant:";
    private static final String KEY = "key:";

    private final Keys keys;
    private final LongSupplier nanoClock;
    private final Map<String, Meter> tenantMeters = new ConcurrentHashMap<>();
    private final Map<String, Meter> keyMeters = new ConcurrentHashMap<>();

    /** The keys that hold at the moment. */
    @FunctionalInterface
    private interface Keys {
        KeyRing now();
    }

    private Gatekeeper(Keys keys, LongSupplier nanoClock) {
        this.keys = keys;
        this.nanoClock = nanoClock;
    }

    /**
     * Reads the keys.
     *
     * @param nanoClock a monotonic clock in nanoseconds
     * @throws IllegalArgumentException if they are wrong, or their file cannot be read
     */
    public static Gatekeeper of(SecuritySettings settings, LongSupplier nanoClock) {
        List<ApiKey> given = given(settings);
        Optional<Path> file = settings.keysFile();
        if (file.isEmpty()) {
            KeyRing ring = KeyRing.EMPTY.plus(given);
            return new Gatekeeper(() -> ring, nanoClock);
        }
        Path path = file.get();
        try {
            Reloaded<KeyRing> reloaded = new Reloaded<>(
                    List.of(path),
                    settings.reload(),
                    nanoClock,
                    () -> KeyFile.parse(Files.readString(path)).plus(given));
            return new Gatekeeper(reloaded::get, nanoClock);
        } catch (IOException e) {
            throw new IllegalArgumentException("the key file " + path + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the key file " + path + ": " + e.getMessage(), e);
        }
    }

    /** Whether requests need a key. */
    public boolean asksForKeys() {
        return !keys.now().keys().isEmpty();
    }

    /**
     * Who sends a request with these headers.
     *
     * @param authorization as in {@code Bearer KEY}
     * @param apiKey the header {@code x-api-key}, which stands in for the other
     * @throws ApiException with status 401
     */
    public Caller identify(Optional<String> authorization, Optional<String> apiKey) {
        KeyRing ring = keys.now();
        if (ring.keys().isEmpty()) {
            return Caller.ANYONE;
        }
        String presented = authorization
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .or(() -> apiKey)
                .filter(key -> !key.isEmpty())
                .orElseThrow(() -> unauthorized("You need an API key: send it as 'Authorization: Bearer KEY'."));
        return ring.find(presented).map(Caller::of).orElseThrow(() -> unauthorized("The API key is not valid."));
    }

    /**
     * Lets a request in that generates tokens.
     *
     * @throws ApiException with status 403 if the caller may not generate, or 429 if a limit is reached
     */
    public Permit enter(Caller caller) {
        Account account = caller.account()
                .orElseThrow(() -> forbidden("This key opens the admin endpoints only; generating needs a tenant's."));
        return Permit.enter(
                caller,
                account,
                tenantMeters.computeIfAbsent(account.tenant().name(), name -> new Meter()),
                keyMeters.computeIfAbsent(caller.keyName(), name -> new Meter()),
                nanoClock);
    }

    /** What was let in since the last call, and what is under way. */
    List<QuotaUse.Use> uses() {
        List<QuotaUse.Use> uses = new ArrayList<>();
        tenantMeters.forEach((name, meter) -> meter.tell(TENANT + name).ifPresent(uses::add));
        keyMeters.forEach((name, meter) -> meter.tell(KEY + name).ifPresent(uses::add));
        return uses;
    }

    /** Counts what another gateway let in, as far as its tenants and keys are known here. */
    void hear(QuotaUse told) {
        long now = nanoClock.getAsLong();
        Map<String, Quota> known = new HashMap<>();
        for (ApiKey key : keys.now().keys()) {
            known.put(KEY + key.name(), Quota.NONE);
            key.account()
                    .ifPresent(account -> known.put(TENANT + account.tenant().name(), account.quota()));
        }
        for (QuotaUse.Use use : told.uses()) {
            Quota quota = known.get(use.meter());
            if (quota != null) {
                meter(use.meter()).hear(told.gateway(), use, quota, now);
            }
        }
    }

    private Meter meter(String wireName) {
        return wireName.startsWith(TENANT)
                ? tenantMeters.computeIfAbsent(wireName.substring(TENANT.length()), name -> new Meter())
                : keyMeters.computeIfAbsent(wireName.substring(KEY.length()), name -> new Meter());
    }

    /** Another gateway is gone, and all its requests with it. */
    void forget(Object gateway) {
        tenantMeters.values().forEach(meter -> meter.forget(gateway));
        keyMeters.values().forEach(meter -> meter.forget(gateway));
    }

    /** @throws ApiException with status 403 if the caller is no admin */
    public void requireAdmin(Caller caller) {
        if (!caller.admin()) {
            throw forbidden("This address needs an admin key.");
        }
    }

    private static List<ApiKey> given(SecuritySettings settings) {
        List<ApiKey> all = new ArrayList<>();
        for (int i = 0; i < settings.apiKeys().size(); i++) {
            all.add(new ApiKey(
                    "api-keys[" + i + "]",
                    KeyHash.of(settings.apiKeys().get(i)),
                    Optional.of(Account.EVERYBODY),
                    false,
                    0));
        }
        for (int i = 0; i < settings.adminKeys().size(); i++) {
            all.add(new ApiKey(
                    "admin-keys[" + i + "]", KeyHash.of(settings.adminKeys().get(i)), Optional.empty(), true, 0));
        }
        return all;
    }

    private static ApiException unauthorized(String message) {
        return new ApiException(new ApiError(401, message, "invalid_request_error", null, "invalid_api_key", -1));
    }

    private static ApiException forbidden(String message) {
        return new ApiException(new ApiError(403, message, "permission_error", null, "forbidden", -1));
    }
}
