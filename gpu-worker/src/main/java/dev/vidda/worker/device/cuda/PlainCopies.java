package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/**
 * Makes plain copies of packed matrices without a kernel for it: a matrix times the rows of the identity are its columns, to the
 * last bit, since every sum has one term that is not zero.
 */
final class PlainCopies implements AutoCloseable {
    /** Rows of the identity that are multiplied at a time. */
    static final int BAND = 512;

    private static final short ONE_BF16 = 0x3F80;
    private static final short ONE_FP16 = 0x3C00;

    private final Context context;
    private final LiveBytes live;
    private final Linears linears;
    private final Element element;
    private final Map<Integer, Scratch> bands = new HashMap<>();

    PlainCopies(Context context, LiveBytes live, Linears linears, Element element) {
        this.context = context;
        this.live = live;
        this.linears = linears;
        this.element = element;
    }

    PlainCopy of(CudaMatrix matrix) {
        PlainCopy copy = new PlainCopy(live, DeviceMemory.allocate(context, PlainCopy.bytes(matrix)));
        int inputs = matrix.inputs();
        Scratch band = bands.computeIfAbsent(inputs, this::band);
        for (int row = 0; row < inputs; row += BAND) {
            long from = band.address() + (long) windowStart(inputs, row) * Short.BYTES;
            long to = copy.address() + (long) row * matrix.outputs() * Short.BYTES;
            linears.plain(new Linears.Input(from, BAND, element), matrix, Math.min(BAND, inputs - row), to);
        }
        return copy;
    }

    /**
     * The element of a band where rows {@code row} and following of the identity begin: as many elements earlier, ones are as many
     * columns further to the right.
     */
    static int windowStart(int inputs, int row) {
        return inputs - row;
    }

    /** Ones of a band; they are {@code inputs + 1} elements apart, the first at element {@code inputs}. */
    static int bandOnes(int inputs) {
        return Math.min(BAND, inputs);
    }

    /** Zeros and ones whose windows of rows of {@code inputs} elements are rows of the identity. */
    private Scratch band(int inputs) {
        Scratch band = new Scratch(live, DeviceMemory.allocateZeros(context, bandBytes(inputs)));
        short one = switch (element) {
            case BF16 -> ONE_BF16;
            case FP16 -> ONE_FP16;
        };
        check(
                JCudaDriver.cuMemsetD2D16Async(
                        band.memory().at((long) inputs * Short.BYTES),
                        (inputs + 1L) * Short.BYTES,
                        one,
                        1,
                        bandOnes(inputs),
                        context.stream()),
                "cuMemsetD2D16Async");
        return band;
    }

    /** Bytes it takes while it makes copies of matrices with so many inputs. */
    static long bandBytes(int inputs) {
        return (BAND + 1L) * inputs * Short.BYTES;
    }

    @Override
    public void close() {
        context.synchronize();
        bands.values().forEach(Scratch::close);
    }
}
