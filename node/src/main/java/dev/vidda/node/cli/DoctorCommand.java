package dev.vidda.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.doctor.Doctor;
import dev.vidda.worker.doctor.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vidda doctor}: whether this machine computes what it should. */
@Command(
        name = "doctor",
        description = {
            "Looks at this machine: its driver and GPUs, and whether each device computes what it should.",
            "",
            "Measures what each device reads and computes at most, and runs every operation at awkward sizes: the cpu device "
                    + "against plain loops, a GPU against the cpu device. Where no GPU can be used it says why."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is well with what was looked at",
            "1:something is wrong, or the device that was asked for cannot be used",
            "2:wrong command line"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  vidda doctor", "  vidda doctor --device cuda --device-index 1", "  vidda doctor --json"})
final class DoctorCommand implements Callable<Integer> {
    /** Of what is read later, or by a program. */
    private static final int COLUMNS = 100;

    @Mixin
    private DeviceChoice choice = new DeviceChoice();

    @Option(names = "--json", description = "Print JSON: an object with all findings.")
    private boolean json;

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Terminal terminal = Terminal.current();
        DoctorLines lines = new DoctorLines(terminal.out() ? terminal.columns() : COLUMNS);
        List<Finding> findings;
        try {
            findings = new Doctor(choice.kind(), choice.settings(CublasSettings.Use.OFF), finding -> {
                        if (!json) {
                            lines.of(finding).forEach(out::println);
                            out.flush();
                        }
                    })
                    .run();
        } catch (DeviceException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        boolean healthy = Doctor.healthy(findings);
        out.print(json ? json(findings, healthy) : summary(findings, healthy));
        out.flush();
        return healthy ? 0 : 1;
    }

    private static String summary(List<Finding> findings, boolean healthy) {
        return "%n%s: %d passed, %d failed, %d skipped%n"
                .formatted(
                        healthy ? "all is well" : "something is wrong",
                        count(findings, Finding.Status.PASS),
                        count(findings, Finding.Status.FAIL),
                        count(findings, Finding.Status.SKIP));
    }

    private static long count(List<Finding> findings, Finding.Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }

    private static String json(List<Finding> findings, boolean healthy) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode().put("healthy", healthy);
        ArrayNode list = root.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode node = list.addObject()
                    .put("part", finding.part())
                    .put("name", finding.name())
                    .put("status", finding.status().name().toLowerCase(Locale.ROOT))
                    .put("detail", finding.detail());
            finding.error().ifPresent(error -> node.put("error", error));
            finding.millis().ifPresent(millis -> node.put("milliseconds", millis));
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and texts can be written", e);
        }
    }
}
