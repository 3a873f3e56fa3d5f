package dev.vidda.worker.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of a vocabulary as a tree of their bytes, in the order of a walk from top to bottom: a node's subtree is what
 * follows it until {@link #end}. Immutable.
 */
final class TokenTrie {
    private final int vocabularySize;
    private final byte[] label;
    private final short[] depth;
    private final int[] end;
    private final int[] tokenStart;
    private final int[] tokens;

    TokenTrie(Vocabulary vocabulary) {
        vocabularySize = vocabulary.size();
        List<Entry> entries = new ArrayList<>(vocabularySize);
        for (int id = 0; id < vocabularySize; id++) {
            byte[] bytes = vocabulary.bytes(id);
            if (bytes.length > 0 && bytes.length < Short.MAX_VALUE) {
                entries.add(new Entry(bytes, id));
            }
        }
        entries.sort((a, b) -> Arrays.compareUnsigned(a.bytes, b.bytes));
        Builder builder = new Builder(entries);
        label = Arrays.copyOf(builder.label, builder.size);
        depth = Arrays.copyOf(builder.depth, builder.size);
        end = Arrays.copyOf(builder.end, builder.size);
        tokenStart = Arrays.copyOf(builder.tokenStart, builder.size + 1);
        tokenStart[builder.size] = entries.size();
        tokens = entries.stream().mapToInt(Entry::id).toArray();
    }

    private record Entry(byte[] bytes, int id) {}

    int vocabularySize() {
        return vocabularySize;
    }

    int nodes() {
        return label.length;
    }

    /** The byte that leads to a node. */
    byte label(int node) {
        return label[node];
    }

    /** Bytes that lead to a node, at least 1. */
    int depth(int node) {
        return depth[node];
    }

    /** The first node that is not below {@code node}. */
    int end(int node) {
        return end[node];
    }

    /** Adds the tokens that end at a node. */
    void addTokens(int node, long[] mask) {
        for (int i = tokenStart[node]; i < tokenStart[node + 1]; i++) {
            mask[tokens[i] >> 6] |= 1L << tokens[i];
        }
    }

    private static final class Builder {
        private byte[] label = new byte[1024];
        private short[] depth = new short[1024];
        private int[] end = new int[1024];
        private int[] tokenStart = new int[1025];
        private int size;

        private Builder(List<Entry> entries) {
            int[] open = new int[1024];
            byte[] previous = {};
            for (int i = 0; i < entries.size(); i++) {
                byte[] bytes = entries.get(i).bytes();
                int common = Math.max(0, Arrays.mismatch(previous, bytes));
                common = Arrays.equals(previous, bytes) ? bytes.length : common;
                for (int d = common; d < previous.length; d++) {
                    end[open[d]] = size;
                }
                if (bytes.length > open.length) {
                    open = Arrays.copyOf(open, bytes.length * 2);
                }
                for (int d = common; d < bytes.length; d++) {
                    open[d] = add(bytes[d], d + 1, i);
                }
                previous = bytes;
            }
            for (int d = 0; d < previous.length; d++) {
                end[open[d]] = size;
            }
        }

        private int add(byte value, int newDepth, int firstToken) {
            if (size == label.length) {
                label = Arrays.copyOf(label, size * 2);
                depth = Arrays.copyOf(depth, size * 2);
                end = Arrays.copyOf(end, size * 2);
                tokenStart = Arrays.copyOf(tokenStart, size * 2 + 1);
            }
            label[size] = value;
            depth[size] = (short) newDepth;
            tokenStart[size] = firstToken;
            return size++;
        }
    }
}
