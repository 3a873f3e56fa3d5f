package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node is started with: options over a file over the environment over what is built in.
 *
 * @param given what its user set by options and in the file
 * @param effective everything that holds, resolved; also the settings of the libraries
 * @param reference what is built in, without the environment
 */
public record Configuration(Config given, Config effective, Config reference) {
    private static final Pattern MISSING_INCLUDE = Pattern.compile("resource not found on classpath: (\\S+)");

    /**
     * Reads and merges.
     *
     * @param options values from the command line, by key
     * @throws InvalidConfiguration if the file cannot be read or refers to what does not exist
     */
    public static Configuration load(Optional<Path> file, Map<String, ?> options) {
        try {
            Config given = ConfigFactory.empty();
            for (Map.Entry<String, ?> option : options.entrySet()) {
                given = given.withValue(
                        option.getKey(), ConfigValueFactory.fromAnyRef(option.getValue(), Origins.COMMAND_LINE));
            }
            given = given.withFallback(file.map(Configuration::parse).orElseGet(ConfigFactory::empty));
            Config effective = ConfigFactory.load(given.withFallback(ConfigFactory.defaultApplication()));
            Config reference = ConfigFactory.defaultApplication()
                    .withFallback(ConfigFactory.defaultReferenceUnresolved())
                    .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));
            return new Configuration(given, effective, reference);
        } catch (ConfigException e) {
            throw new InvalidConfiguration(List.of(unreadable(e)), e);
        }
    }

    /** The keys that Vidda's modules document. */
    public KnownKeys knownKeys() {
        return KnownKeys.of(ConfigFactory.defaultReferenceUnresolved());
    }

    private static Config parse(Path file) {
        if (!Files.exists(file)) {
            throw new InvalidConfiguration(new Problem(
                    "--config", file.toString(), "", "there is no such file", "give the path of a HOCON file"));
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new InvalidConfiguration(new Problem(
                    "--config",
                    file.toString(),
                    "",
                    "this user cannot read it as a file",
                    "check its permissions, and that it is no folder"));
        }
        return ConfigFactory.parseFile(
                file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    }

    private static Problem unreadable(ConfigException e) {
        String origin = e.origin() == null ? "" : Origins.of(e.origin());
        String message = String.valueOf(e.getMessage());
        if (e.origin() != null && message.startsWith(e.origin().description())) {
            message = message.substring(e.origin().description().length()).replaceFirst("^:\\s*", "");
        }
        Matcher missing = MISSING_INCLUDE.matcher(message);
        if (missing.find()) {
            return new Problem(
                    "include", missing.group(1), "", "there is no such file", "give its path, or remove the include");
        }
        String remedy = switch (e) {
            case ConfigException.UnresolvedSubstitution substitution ->
                "set that variable, or write ${?...} where it may be missing";
            case ConfigException.IO io -> "check the path and its permissions";
            default -> "correct the HOCON there";
        };
        return new Problem("", "", origin, message, remedy);
    }
}
