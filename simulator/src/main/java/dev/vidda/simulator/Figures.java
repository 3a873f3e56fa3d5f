package dev.vidda.simulator;

import java.util.Locale;

/** Figures for people and programs: what was not measured is not 0. */
final class Figures {
    private Figures() {}

    /** With so many decimals; a dash if it is no number. */
    static String text(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** With so many decimals; {@code null} if it is no number. */
    static String json(double value, int decimals) {
        return Double.isNaN(value) ? "null" : text(value, decimals);
    }

    /** The share of good answers in percent; no number if there were no requests. */
    static double goodPercent(Outcome outcome) {
        return outcome.requests() == 0 ? Double.NaN : 100 * outcome.attainment();
    }
}
