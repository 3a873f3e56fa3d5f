package dev.vidda.node.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.vidda.node.ByteSize;
import java.lang.management.ManagementFactory;
import picocli.CommandLine;

/** The memory of this machine, or what its container may use of it. */
final class MachineMemory {
    private MachineMemory() {}

    /** The bytes {@code text} says; all of the machine's if it says nothing. */
    static long parse(String text, CommandLine command) {
        if (text.isEmpty()) {
            return total();
        }
        return ByteSize.parse(text)
                .orElseThrow(() -> new CommandLine.ParameterException(
                        command, "--memory must be a size such as 24GiB, was '" + text + "'"));
    }

    static long total() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}
