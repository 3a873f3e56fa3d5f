package dev.vidda.node.hub;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Chooses files by shell patterns, in which {@code *} also matches slashes.
 *
 * @param include take only files that match one of these
 * @param exclude and of them none that match one of these
 */
public record FileFilter(List<String> include, List<String> exclude) {
    /** What a server needs of a model: its weights, tokenizer, configuration and template, not copies in other formats. */
    public static final FileFilter MODEL = new FileFilter(
            List.of("*.safetensors", "*.json", "*.txt", "*.jinja", "*.model", "LICENSE*"),
            List.of("*/*", "consolidated*.safetensors"));

    public FileFilter {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    public boolean accepts(String path) {
        return include.stream().anyMatch(glob -> matches(glob, path))
                && exclude.stream().noneMatch(glob -> matches(glob, path));
    }

    private static boolean matches(String glob, String path) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(path).matches();
    }
}
