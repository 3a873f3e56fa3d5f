import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws the tables of docs/performance.md as pictures in docs/images, so that a picture never says anything else than its
 * table. Needs nothing but a JDK:
 *
 * <pre>
 *   java tools/docs/Charts.java            draws
 *   java tools/docs/Charts.java --check    exit status 1 if a picture is not that of its table
 * </pre>
 */
final class Charts {
    private static final Path TABLES = Path.of("docs/performance.md");
    private static final Path IMAGES = Path.of("docs/images");

    private static final String OURS = "#1f6feb";
    private static final String OTHER = "#d4763b";
    private static final String BOUND = "#8b949e";
    private static final String INK = "#24292f";

    private Charts() {}

    public static void main(String[] args) throws IOException {
        boolean check = args.length == 1 && args[0].equals("--check");
        if (args.length > 0 && !check) {
            System.err.println("usage: java tools/docs/Charts.java [--check]");
            System.exit(2);
        }
        List<String> lines = Files.readAllLines(TABLES);
        Map<String, String> pictures = new LinkedHashMap<>();
        pictures.put("decode.svg", decode(new Table(lines, "### Qwen3-4B shape", "batch")));
        pictures.put("goodput.svg", goodput(new Table(lines, "### Goodput in the simulator", "vidda / best other")));
        int stale = 0;
        for (Map.Entry<String, String> picture : pictures.entrySet()) {
            Path file = IMAGES.resolve(picture.getKey());
            if (!check) {
                Files.createDirectories(IMAGES);
                Files.writeString(file, picture.getValue());
            } else if (!Files.exists(file) || !Files.readString(file).equals(picture.getValue())) {
                System.err.println(file + " is not what " + TABLES + " says: run java tools/docs/Charts.java");
                stale++;
            }
        }
        System.exit(stale == 0 ? 0 : 1);
    }

    /** The first table below a heading whose head has a cell with some text. */
    private record Table(List<String> head, List<List<String>> rows) {
        Table(List<String> lines, String heading, String cell) {
            this(cells(lines, find(lines, heading, cell)), rows(lines, find(lines, heading, cell) + 2));
        }

        private static int find(List<String> lines, String heading, String cell) {
            int i = lines.indexOf(heading);
            while (i >= 0 && i < lines.size()) {
                if (lines.get(i).startsWith("|") && lines.get(i).contains(cell)) {
                    return i;
                }
                i++;
            }
            throw new IllegalArgumentException(TABLES + " has no table with '" + cell + "' below '" + heading + "'");
        }

        private static List<String> cells(List<String> lines, int i) {
            String line = lines.get(i).strip();
            return List.of(line.substring(1, line.length() - 1).split("\\|", -1)).stream()
                    .map(cell -> cell.replace("**", "").strip())
                    .toList();
        }

        private static List<List<String>> rows(List<String> lines, int first) {
            List<List<String>> rows = new ArrayList<>();
            for (int i = first; lines.get(i).startsWith("|"); i++) {
                rows.add(cells(lines, i));
            }
            return rows;
        }

        String cell(List<String> row, String column) {
            int index = head.indexOf(column);
            if (index < 0) {
                throw new IllegalArgumentException(TABLES + ": a table has no column '" + column + "' but " + head);
            }
            return row.get(index);
        }
    }

    /** The number that a cell begins with; NaN if it is empty. */
    private static double number(String cell) {
        String digits = cell.replace(",", "").replaceFirst("^([0-9.]*).*$", "$1");
        return digits.isEmpty() ? Double.NaN : Double.parseDouble(digits);
    }

    /** Tokens a second over the batch, both logarithmic, below what the memory allows. */
    private static String decode(Table table) {
        Axes axes = new Axes(1, 256, 100, 100_000);
        List<double[]> bound = new ArrayList<>();
        List<double[]> ours = new ArrayList<>();
        List<double[]> peer = new ArrayList<>();
        for (List<String> row : table.rows()) {
            if (!table.cell(row, "batch").matches("\\d+")) {
                continue;
            }
            double batch = number(table.cell(row, "batch"));
            double speed = number(table.cell(row, "tok/s"));
            ours.add(new double[] {batch, speed});
            bound.add(new double[] {batch, 100 * speed / number(table.cell(row, "roofline"))});
            if (!Double.isNaN(number(table.cell(row, "peer tok/s")))) {
                peer.add(new double[] {batch, number(table.cell(row, "peer tok/s"))});
            }
        }
        Svg svg = new Svg(720, 400, "Decoding on one H200: tokens a second over the batch");
        svg.text(20, 30, 16, INK, "Qwen3-4B shape in bf16 on one H200: decoded tokens a second over the batch");
        for (int batch = 1; batch <= 256; batch *= 2) {
            svg.line(axes.x(batch), Axes.TOP, axes.x(batch), Axes.BOTTOM, "#eaeef2");
            svg.centred(axes.x(batch), Axes.BOTTOM + 18, 12, INK, Integer.toString(batch));
        }
        for (int speed = 100; speed <= 100_000; speed *= 10) {
            svg.line(Axes.LEFT, axes.y(speed), Axes.RIGHT, axes.y(speed), "#d0d7de");
            svg.text(20, axes.y(speed) + 4, 12, INK, "%,d".formatted(speed));
        }
        curve(svg, axes, bound, BOUND, "roofline");
        curve(svg, axes, ours, OURS, "Vidda");
        curve(svg, axes, peer, OTHER, "transformers");
        svg.centred((Axes.LEFT + Axes.RIGHT) / 2, Axes.BOTTOM + 38, 12, INK, "sequences in a step");
        return svg.end();
    }

    private static void curve(Svg svg, Axes axes, List<double[]> points, String colour, String name) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            path.append(path.isEmpty() ? "M" : " L").append(Svg.at(axes.x(point[0]), axes.y(point[1])));
            svg.dot(axes.x(point[0]), axes.y(point[1]), colour);
        }
        svg.path(path.toString(), colour);
        double[] last = points.getLast();
        svg.text(axes.x(last[0]) + 8, axes.y(last[1]) + 4, 13, colour, name);
    }

    /** A bar for each trace: how many times the best other policy's goodput. */
    private static String goodput(Table table) {
        int step = 24;
        int top = 64;
        double unit = 230;
        int left = 170;
        int height = top + step * table.rows().size() + 20;
        Svg svg = new Svg(720, height, "Goodput of Vidda's scheduler over that of the best other policy");
        svg.text(20, 30, 16, INK, "Goodput on 64 simulated H200s: Vidda over the best other policy");
        svg.text(20, 52, 12, BOUND, table.head().getFirst());
        svg.centred(left + unit, 52, 12, BOUND, "1: the best other");
        int y = top;
        for (List<String> row : table.rows()) {
            double ratio = number(table.cell(row, "vidda / best other"));
            svg.text(20, y + 14, 12, INK, table.cell(row, table.head().getFirst()));
            svg.bar(left, y, ratio * unit, step - 6, OURS);
            svg.text(left + ratio * unit + 8, y + 14, 12, INK, String.format(Locale.ROOT, "%.2f", ratio));
            y += step;
        }
        svg.line(left + unit, top - 6, left + unit, y, BOUND);
        return svg.end();
    }

    /** Where a point of two logarithmic scales lies. */
    private record Axes(double leastX, double mostX, double leastY, double mostY) {
        static final double LEFT = 80;
        static final double RIGHT = 600;
        static final double TOP = 50;
        static final double BOTTOM = 340;

        double x(double value) {
            return LEFT + (RIGHT - LEFT) * Math.log(value / leastX) / Math.log(mostX / leastX);
        }

        double y(double value) {
            return BOTTOM - (BOTTOM - TOP) * Math.log(value / leastY) / Math.log(mostY / leastY);
        }
    }

    /** A picture that looks the same on light and dark pages. */
    private static final class Svg {
        private final StringBuilder out = new StringBuilder();

        Svg(int width, int height, String title) {
            add(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\""
                            + " font-family=\"system-ui, sans-serif\">",
                    width, height, width);
            add("<title>%s</title>", title);
            add("<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#ffffff\"/>", width, height);
        }

        private void add(String format, Object... values) {
            out.append(String.format(Locale.ROOT, format, values)).append('\n');
        }

        static String at(double x, double y) {
            return String.format(Locale.ROOT, "%.1f %.1f", x, y);
        }

        void text(double x, double y, int size, String colour, String text) {
            add("<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" fill=\"%s\">%s</text>", x, y, size, colour, text);
        }

        void centred(double x, double y, int size, String colour, String text) {
            add(
                    "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" fill=\"%s\" text-anchor=\"middle\">%s</text>",
                    x, y, size, colour, text);
        }

        void line(double x1, double y1, double x2, double y2, String colour) {
            add("<path d=\"M%s L%s\" stroke=\"%s\"/>", at(x1, y1), at(x2, y2), colour);
        }

        void path(String path, String colour) {
            add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"/>", path, colour);
        }

        void dot(double x, double y, String colour) {
            add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>", x, y, colour);
        }

        void bar(double x, double y, double width, double height, String colour) {
            add(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" fill=\"%s\"/>",
                    x, y, width, height, colour);
        }

        String end() {
            return out.append("</svg>\n").toString();
        }
    }
}
