package dev.vidda.node.cli;

import dev.vidda.node.config.EditDistance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Values of options that take more than picocli reads by itself. */
final class OptionValues {
    private OptionValues() {}

    /**
     * Positive numbers, separated by commas; {@code none} is an empty list.
     *
     * @throws ParameterException naming the option and the value that is no such number
     */
    static List<Integer> counts(String option, String text, CommandLine command) {
        if (text.equals("none")) {
            return List.of();
        }
        return Arrays.stream(text.split(",", -1))
                .map(number -> count(option, number.strip(), command))
                .toList();
    }

    private static int count(String option, String number, CommandLine command) {
        if (!number.matches("[1-9]\\d{0,8}")) {
            throw wrong(
                    command, option + " must be positive numbers with commas between, or none, has '" + number + "'");
        }
        return Integer.parseInt(number);
    }

    /** The option that somebody who wrote {@code unknown}, with or without a value behind it, probably meant. */
    static Optional<String> nearest(CommandLine command, String unknown) {
        String name = unknown.split("=", 2)[0];
        if (!name.startsWith("--")) {
            return Optional.empty();
        }
        return command.getCommandSpec().optionsMap().keySet().stream()
                .filter(option -> EditDistance.between(option, name) <= 1 + name.length() / 5)
                .min(Comparator.comparingInt((String option) -> EditDistance.between(option, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * A file that will be written has a folder: found out before a long run, not after it.
     *
     * @throws ParameterException naming the option and the file
     */
    static void requireFolder(CommandLine command, String option, @Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw wrong(command, option + ": there is no folder for " + file);
        }
    }

    /** An error of the command line. */
    static ParameterException wrong(CommandLine command, String message) {
        return new ParameterException(command, message);
    }
}
