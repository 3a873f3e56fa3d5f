package dev.vidda.bench;

import java.util.List;
import java.util.Locale;

/** A line through points, as inline SVG. */
record Plot(String title, String horizontal, String vertical, List<Point> points) {
    private static final int WIDTH = 520;
    private static final int HEIGHT = 240;
    private static final int LEFT = 60;
    private static final int TOP = 30;
    private static final int RIGHT = 24;
    private static final int BOTTOM = 40;
    private static final int TICKS = 4;

    /** In units of the axes. */
    record Point(double x, double y) {}

    Plot {
        points = List.copyOf(points);
    }

    String svg() {
        double right =
                Math.max(1e-9, points.stream().mapToDouble(Point::x).max().orElse(1));
        double top = Math.max(1e-9, points.stream().mapToDouble(Point::y).max().orElse(1));
        StringBuilder svg = new StringBuilder();
        svg.append("<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>%n".formatted(WIDTH, HEIGHT, title));
        svg.append("<text x=\"%d\" y=\"18\" class=\"t\">%s</text>%n".formatted(LEFT, title));
        for (int i = 0; i <= TICKS; i++) {
            double share = (double) i / TICKS;
            svg.append(text(LEFT - 6, y(share) + 4, "end", number(top * share)));
            svg.append(text(x(share), HEIGHT - BOTTOM + 16, "middle", number(right * share)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" class=\"g\"/>%n",
                    LEFT,
                    y(share),
                    WIDTH - RIGHT,
                    y(share)));
        }
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", horizontal));
        svg.append("<text transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n"
                .formatted((TOP + HEIGHT - BOTTOM) / 2, vertical));
        StringBuilder line = new StringBuilder();
        points.forEach(point ->
                line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.x() / right), y(point.y() / top))));
        return svg.append("<polyline points=\"%s\"/>%n</svg>%n"
                        .formatted(line.toString().strip()))
                .toString();
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text);
    }

    private static double x(double share) {
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double share) {
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 1 ? "%.1f" : "%.2f", value);
    }
}
