package dev.vidda.gateway.security;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.vidda.protocol.Tenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The form of the file with the keys, in HOCON or JSON:
 *
 * <pre>
 * tenants.research { weight = 2, max-context = 32768, requests-per-minute = 600, tokens-per-minute = 200000, concurrent = 64 }
 * keys = [
 *   { name = research-ci, sha256 = 9f86..., tenant = research, concurrent = 8 }
 *   { name = operators, sha256 = 60303..., admin = true }
 * ]
 * </pre>
 *
 * All fields but {@code name} and {@code sha256} may be left out; a field of another name is an error, because a limit
 * that is misspelt would not limit.
 */
final class KeyFile {
    private static final Set<String> ROOT_FIELDS = Set.of("tenants", "keys");
    private static final Set<String> TENANT_FIELDS =
            Set.of("weight", "max-context", "requests-per-minute", "tokens-per-minute", "concurrent");
    private static final Set<String> KEY_FIELDS = Set.of("name", "sha256", "tenant", "admin", "concurrent");

    private KeyFile() {}

    /** @throws IllegalArgumentException saying what is wrong, and where */
    static KeyRing parse(String text) {
        try {
            Config root = ConfigFactory.parseString(text).resolve();
            onlyFields("the key file", root, ROOT_FIELDS);
            Map<String, Account> accounts = new HashMap<>();
            if (root.hasPath("tenants")) {
                for (String name : root.getObject("tenants").keySet()) {
                    accounts.put(name, account(name, root.getConfig("tenants." + ConfigUtil.quoteString(name))));
                }
            }
            List<ApiKey> keys = new ArrayList<>();
            for (Config entry : root.getConfigList("keys")) {
                keys.add(key(entry, accounts));
            }
            return new KeyRing(keys);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Account account(String name, Config fields) {
        onlyFields("tenant '" + name + "'", fields, TENANT_FIELDS);
        double weight = fields.hasPath("weight") ? fields.getDouble("weight") : 1;
        return new Account(
                new Tenant(name, weight, number(fields, "max-context")),
                new Quota(
                        number(fields, "requests-per-minute"),
                        number(fields, "tokens-per-minute"),
                        number(fields, "concurrent")));
    }

    private static ApiKey key(Config fields, Map<String, Account> accounts) {
        String name = fields.getString("name");
        onlyFields("key '" + name + "'", fields, KEY_FIELDS);
        Optional<Account> account = Optional.empty();
        if (fields.hasPath("tenant")) {
            String tenant = fields.getString("tenant");
            account = Optional.of(accounts.getOrDefault(tenant, new Account(new Tenant(tenant, 1, 0), Quota.NONE)));
        }
        boolean admin = fields.hasPath("admin") && fields.getBoolean("admin");
        return new ApiKey(
                name, KeyHash.parse(fields.getString("sha256")), account, admin, number(fields, "concurrent"));
    }

    private static int number(Config fields, String name) {
        return fields.hasPath(name) ? fields.getInt(name) : 0;
    }

    private static void onlyFields(String where, Config fields, Set<String> known) {
        Set<String> unknown = fields.root().keySet().stream()
                .filter(name -> !known.contains(name))
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(where + " has no field " + String.join(", ", unknown));
        }
    }
}
