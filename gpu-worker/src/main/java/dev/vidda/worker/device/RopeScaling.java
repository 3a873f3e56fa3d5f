package dev.vidda.worker.device;

/** How a model's rotary frequencies were stretched to reach past the length it was first trained on. */
public sealed interface RopeScaling {
    /** The rotation for heads of {@code headDim} elements whose first frequency is 1 and last near {@code 1 / theta}. */
    default Rope rope(int headDim, double theta) {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            // In float32 like the reference implementations: the last bits matter at far positions.
            float plain = 1f / (float) Math.pow(theta, (float) (2 * i) / headDim);
            frequencies[i] = frequency(plain, i, headDim, theta);
        }
        return new Rope(frequencies, magnitude());
    }

    /** The stretched form of frequency {@code plain} of pair {@code i}. */
    float frequency(float plain, int i, int headDim, double theta);

    default float magnitude() {
        return 1;
    }

    /** No stretching. */
    record Default() implements RopeScaling {
        @Override
        public float frequency(float plain, int i, int headDim, double theta) {
            return plain;
        }
    }

    /** Position interpolation (arXiv 2306.15595): every frequency divided by {@code factor}. */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            positive("factor", factor);
        }

        @Override
        public float frequency(float plain, int i, int headDim, double theta) {
            return plain / (float) factor;
        }
    }

    /**
     * Llama 3.1: wavelengths longer than {@code originalLength / lowFactor} are stretched by {@code factor}, those shorter
     * than {@code originalLength / highFactor} are kept, and those between are blended.
     */
    record Llama3(double factor, double lowFactor, double highFactor, int originalLength) implements RopeScaling {
        public Llama3 {
            positive("factor", factor);
            positive("low_freq_factor", lowFactor);
            positive("original_max_position_embeddings", originalLength);
            if (highFactor <= lowFactor) {
                throw new IllegalArgumentException(
                        "high_freq_factor must exceed low_freq_factor = " + lowFactor + ", was " + highFactor);
            }
        }

        @Override
        public float frequency(float plain, int i, int headDim, double theta) {
            double wavelength = 2 * Math.PI / plain;
            if (wavelength > originalLength / lowFactor) {
                return plain / (float) factor;
            }
            if (wavelength < originalLength / highFactor) {
                return plain;
            }
            double smooth = (originalLength / wavelength - lowFactor) / (highFactor - lowFactor);
            return (float) ((1 - smooth) * plain / factor + smooth * plain);
        }
    }

    /**
     * YaRN (arXiv 2309.00071): pairs that turn more than {@code betaFast} times within {@code originalLength} are kept, those
     * that turn less than {@code betaSlow} times are stretched by {@code factor}, with a ramp between.
     *
     * @param magnitude factor on cosine and sine
     * @param truncate whether the ramp's ends are rounded to whole pairs
     */
    record Yarn(double factor, double betaFast, double betaSlow, int originalLength, float magnitude, boolean truncate)
            implements RopeScaling {
        public Yarn {
            positive("factor", factor);
            positive("beta_slow", betaSlow);
            positive("beta_fast", betaFast);
            positive("original_max_position_embeddings", originalLength);
        }

        /** The magnitude the paper gives for a factor: {@code 0.1 ln(factor) + 1}. */
        public static float paperMagnitude(double factor) {
            return factor <= 1 ? 1 : (float) (0.1 * Math.log(factor) + 1);
        }

        @Override
        public float frequency(float plain, int i, int headDim, double theta) {
            double low = pairTurning(betaFast, headDim, theta);
            double high = pairTurning(betaSlow, headDim, theta);
            if (truncate) {
                low = Math.floor(low);
                high = Math.ceil(high);
            }
            low = Math.max(low, 0);
            high = Math.min(high, headDim - 1);
            double width = high == low ? 0.001 : high - low;
            double stretched = Math.clamp((i - low) / width, 0, 1);
            return (float) (plain / factor * stretched + plain * (1 - stretched));
        }

        /** The (fractional) pair that turns {@code turns} times within the original length. */
        private double pairTurning(double turns, int headDim, double theta) {
            return headDim * Math.log(originalLength / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }
    }

    private static void positive(String name, double value) {
        if (!(value > 0)) {
            throw new IllegalArgumentException("rope scaling's " + name + " must be positive, was " + value);
        }
    }
}
