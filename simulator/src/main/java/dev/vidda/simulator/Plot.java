package dev.vidda.simulator;

import java.util.List;
import java.util.Locale;

/** Plots as inline SVG. Names are put in as they are: they have to be escaped. */
final class Plot {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 220;
    private static final int LEFT = 130;
    private static final int ROW = 24;
    private static final int AXIS = 50;
    private static final String[] COLOURS = {
        "#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#65a30d", "#78716c", "#0d9488"
    };

    private Plot() {}

    record Bar(String name, double value) {}

    record Point(double x, double y) {}

    record Line(String name, List<Point> points) {}

    static String bars(List<Bar> bars) {
        double most = Math.max(
                1e-9,
                bars.stream()
                        .mapToDouble(Bar::value)
                        .filter(Double::isFinite)
                        .max()
                        .orElse(1));
        StringBuilder svg = open(bars.size() * ROW + 6);
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double value = Double.isFinite(bar.value()) ? bar.value() : most;
            double length = (WIDTH - LEFT - 80) * value / most;
            int y = i * ROW + 4;
            svg.append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8, y + 13, bar.name()))
                    .append(format(
                            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                            LEFT, y, Math.max(0.5, length), ROW - 7, COLOURS[i % COLOURS.length]))
                    .append(format(
                            "<text x=\"%.1f\" y=\"%d\">%s</text>", LEFT + length + 6, y + 13, number(bar.value())));
        }
        return svg.append("</svg>").toString();
    }

    static String lines(List<Line> lines) {
        double mostX = 1e-9;
        double mostY = 1e-9;
        for (Line line : lines) {
            for (Point point : line.points()) {
                mostX = Math.max(mostX, point.x());
                mostY = Math.max(mostY, point.y());
            }
        }
        StringBuilder svg = open(HEIGHT + lines.size() * 16 + 8);
        svg.append(format("<text x=\"%d\" y=\"14\" text-anchor=\"end\">%s</text>", AXIS - 6, number(mostY)))
                .append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>", AXIS - 6, HEIGHT - 20))
                .append(format(
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s s</text>",
                        WIDTH - 6, HEIGHT - 4, number(mostX)))
                .append(format(
                        "<path d=\"M%d 6V%dH%d\" stroke=\"#8a94a3\" fill=\"none\"/>", AXIS, HEIGHT - 20, WIDTH - 6));
        for (int i = 0; i < lines.size(); i++) {
            StringBuilder path = new StringBuilder();
            for (Point point : lines.get(i).points()) {
                double x = AXIS + (WIDTH - AXIS - 6) * point.x() / mostX;
                double y = HEIGHT - 20 - (HEIGHT - 26) * point.y() / mostY;
                path.append(path.isEmpty() ? "M" : "L").append(format("%.1f %.1f", x, y));
            }
            String colour = COLOURS[i % COLOURS.length];
            int y = HEIGHT + 14 + i * 16;
            svg.append(format("<path d=\"%s\" stroke=\"%s\" fill=\"none\" stroke-width=\"1.5\"/>", path, colour))
                    .append(format(
                            "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>", AXIS, y - 9, colour))
                    .append(format(
                            "<text x=\"%d\" y=\"%d\">%s</text>",
                            AXIS + 16, y, lines.get(i).name()));
        }
        return svg.append("</svg>").toString();
    }

    private static StringBuilder open(int height) {
        return new StringBuilder(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                        + "font-size=\"12\" font-family=\"system-ui, sans-serif\">",
                WIDTH, height, WIDTH, height));
    }

    private static String number(double value) {
        return Math.abs(value) >= 100 || value == Math.rint(value) ? format("%,.0f", value) : format("%.3g", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
