package dev.vidda.node.logging;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A line for people: time, level, logger, message, and the first frames of an exception. */
final class TextLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n%ex{short}";

    private @Nullable PatternLayout layout;

    @Override
    public byte[] headerBytes() {
        return NOTHING.clone();
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING.clone();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return layout().doLayout(event).getBytes(StandardCharsets.UTF_8);
    }

    /** Made with the first line: most processes never log one, and it takes a moment of their start. */
    private synchronized PatternLayout layout() {
        PatternLayout made = layout;
        if (made == null) {
            made = new PatternLayout();
            made.setContext(getContext());
            made.setPattern(PATTERN);
            made.start();
            layout = made;
        }
        return made;
    }
}
