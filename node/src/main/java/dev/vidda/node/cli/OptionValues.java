package dev.vidda.node.cli;

import java.util.Arrays;
import java.util.List;
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

    /** An error of the command line. */
    static ParameterException wrong(CommandLine command, String message) {
        return new ParameterException(command, message);
    }
}
