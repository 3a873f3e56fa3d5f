package dev.vidda.node;

import dev.vidda.worker.constraint.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A made-up vocabulary like that of a large byte-level BPE: single bytes, words with and without a space before them,
 * capitals, single digits, punctuation as code and JSON have it, runs of white space, and one to four Chinese characters.
 */
final class LargeVocabulary implements Vocabulary {
    private static final String[] SYLLABLES =
            "a,e,i,o,u,an,en,in,on,un,er,or,ar,st,th,sh,ch,tr,pr,re,de,con,pro,com,ment,tion,ing,ed,ly,al,ic,ous,able,is,it,at"
                    .split(",");
    private static final String PUNCTUATION = "{}[]()<>\"'`,.:;!?-_=+*/\\|&^%$#@~ \n\t";
    private static final int CHINESE_FROM = 0x4E00;
    private static final int CHINESE = 8000;

    private final List<byte[]> tokens = new ArrayList<>();

    LargeVocabulary(int size, long seed) {
        Random random = new Random(seed);
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        Set<String> pieces = new LinkedHashSet<>();
        while (pieces.size() + tokens.size() < size) {
            String piece = piece(random);
            if (piece.getBytes(StandardCharsets.UTF_8).length > 1) {
                pieces.add(piece);
            }
        }
        pieces.forEach(piece -> tokens.add(piece.getBytes(StandardCharsets.UTF_8)));
    }

    private static String piece(Random random) {
        int kind = random.nextInt(100);
        StringBuilder piece = new StringBuilder();
        if (kind < 18) {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                piece.appendCodePoint(CHINESE_FROM + random.nextInt(CHINESE));
            }
        } else if (kind < 24) {
            for (int i = 2 + random.nextInt(4); i > 0; i--) {
                piece.append(PUNCTUATION.charAt(random.nextInt(PUNCTUATION.length())));
            }
        } else if (kind < 25) {
            piece.repeat(random.nextBoolean() ? ' ' : '\n', 2 + random.nextInt(60));
        } else {
            piece.append(random.nextInt(5) < 3 ? " " : "");
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                piece.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
            }
            int first = piece.charAt(0) == ' ' ? 1 : 0;
            if (random.nextInt(5) == 0) {
                piece.setCharAt(first, Character.toUpperCase(piece.charAt(first)));
            }
        }
        return piece.toString();
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public byte[] bytes(int id) {
        return tokens.get(id);
    }
}
