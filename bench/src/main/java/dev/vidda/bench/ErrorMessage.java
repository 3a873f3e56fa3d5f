package dev.vidda.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a server said when it did not answer as it should. Messages that differ only in their numbers, such as times to wait, are one.
 *
 * @param reason what the requests were counted by
 * @param message the first of those that are alike
 * @param count of requests
 */
record ErrorMessage(String reason, String message, int count) {
    private static final Pattern NUMBER = Pattern.compile("\\d+([.,]\\d+)*");

    private record Kind(String reason, String words) {}

    /** Those of some requests: by reason, the most frequent first. */
    static List<ErrorMessage> of(List<Outcome> outcomes) {
        Map<Kind, ErrorMessage> byKind = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            if (!outcome.message().isEmpty()) {
                String words = NUMBER.matcher(outcome.message()).replaceAll("#");
                byKind.merge(
                        new Kind(outcome.reason(), words),
                        new ErrorMessage(outcome.reason(), outcome.message(), 1),
                        (before, next) -> new ErrorMessage(before.reason, before.message, before.count + 1));
            }
        }
        List<ErrorMessage> messages = new ArrayList<>(byKind.values());
        messages.sort(Comparator.comparing(ErrorMessage::reason)
                .thenComparing(Comparator.comparingInt(ErrorMessage::count).reversed()));
        return messages;
    }
}
