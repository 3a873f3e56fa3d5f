package dev.vidda.worker.device.cpu;

/** Norm and rotation of single rows, in arithmetic that does not depend on the machine. */
final class RowMath {
    private RowMath() {}

    /** Root mean square normalisation of {@code width} elements; {@code to} may be where {@code from} is. */
    static void rmsNorm(float[] x, int from, float[] scale, float epsilon, float[] out, int to) {
        int width = scale.length;
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < width; i += 4) {
            s0 += square(x[from + i]);
            s1 += square(x[from + i + 1]);
            s2 += square(x[from + i + 2]);
            s3 += square(x[from + i + 3]);
        }
        for (; i < width; i++) {
            s0 += square(x[from + i]);
        }
        float factor = (float) (1 / Math.sqrt((s0 + s1 + (s2 + s3)) / width + epsilon));
        for (int j = 0; j < width; j++) {
            out[to + j] = x[from + j] * factor * scale[j];
        }
    }

    private static double square(float value) {
        return (double) value * value;
    }

    /** Turns the pairs (i, i + pairs) of a head by the angles whose cosines and sines begin at {@code angle}. */
    static void rotate(float[] x, int from, int pairs, float[] cosines, float[] sines, int angle) {
        for (int i = 0; i < pairs; i++) {
            float first = x[from + i];
            float second = x[from + pairs + i];
            float cosine = cosines[angle + i];
            float sine = sines[angle + i];
            x[from + i] = first * cosine - second * sine;
            x[from + pairs + i] = second * cosine + first * sine;
        }
    }
}
