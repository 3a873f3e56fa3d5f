package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a configuration comes down to: every key under {@code vidda} with its value and where it was set. */
public final class EffectiveSettings {
    private static final int ORIGIN_COLUMN = 64;

    private final Map<String, ConfigValue> values = new TreeMap<>();

    private final KnownKeys known;

    private EffectiveSettings(KnownKeys known) {
        this.known = known;
    }

    /** Those of {@code configuration}. */
    public static EffectiveSettings of(Configuration configuration) {
        EffectiveSettings settings = new EffectiveSettings(configuration.knownKeys());
        Config all = configuration.effective();
        // Not what is under vidda because of the launcher's system properties.
        for (Map.Entry<String, ConfigValue> entry :
                all.getObject(KnownKeys.ROOT).entrySet()) {
            if (configuration.reference().root().get(KnownKeys.ROOT) instanceof ConfigObject known
                    && known.containsKey(entry.getKey())) {
                settings.collect(KnownKeys.ROOT + "." + ConfigUtil.joinPath(entry.getKey()), entry.getValue());
            }
        }
        return settings;
    }

    /**
     * The settings as lines of HOCON, sorted by key.
     *
     * @param all whether those that nobody set are there, too
     */
    public List<String> lines(boolean all) {
        List<String> lines = new ArrayList<>();
        values.forEach((key, value) -> {
            if (all || !Origins.isDefault(value)) {
                lines.add(line(key, value));
            }
        });
        return lines;
    }

    private String line(String key, ConfigValue value) {
        String shown = Secrets.isSecret(key) ? Secrets.MASK : value.render(ConfigRenderOptions.concise());
        String setting = key + " = " + shown;
        return setting + " ".repeat(Math.max(1, ORIGIN_COLUMN - setting.length())) + "# " + known.origin(key, value);
    }

    private void collect(String path, ConfigValue value) {
        if (value instanceof ConfigObject object && !object.isEmpty()) {
            object.forEach((name, child) -> collect(path + "." + ConfigUtil.joinPath(name), child));
        } else {
            values.put(path, value);
        }
    }
}
