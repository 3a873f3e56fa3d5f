package dev.vidda.node;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class ByteSizeTest {
    @Test
    void binaryAndDecimalUnitsAreToldApart() {
        assertThat(ByteSize.parse("2GiB")).contains(2L << 30);
        assertThat(ByteSize.parse("1.5 GB")).contains(1_500_000_000L);
        assertThat(ByteSize.parse("512m")).contains(512L << 20);
        assertThat(ByteSize.parse("64K")).contains(64L << 10);
        assertThat(ByteSize.parse("1048576")).contains(1L << 20);
        assertThat(ByteSize.parse("100b")).contains(100L);
    }

    @Test
    void whatIsNoSizeIsNone() {
        for (String text : new String[] {"", "GiB", "-1", "2 potatoes", "1e9", "99999999999T"}) {
            assertThat(ByteSize.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void sizesAreWrittenWithThreeDigits() {
        assertThat(ByteSize.format(0)).isEqualTo("0 B");
        assertThat(ByteSize.format(1023)).isEqualTo("1023 B");
        assertThat(ByteSize.format(1536)).isEqualTo("1.50 KiB");
        assertThat(ByteSize.format(15L << 20)).isEqualTo("15.0 MiB");
        assertThat(ByteSize.format(150L << 30)).isEqualTo("150 GiB");
        assertThat(ByteSize.format((1L << 20) - 1)).isEqualTo("1.00 MiB");
    }
}
