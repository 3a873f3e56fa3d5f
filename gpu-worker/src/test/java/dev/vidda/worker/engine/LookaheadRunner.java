package dev.vidda.worker.engine;

import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.step.HostBlocks;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;

/** A runner that wants lookahead, whether it gains by that or not, and that copies to the host and back in no time. */
record LookaheadRunner(ModelRunner runner) implements ModelRunner {
    @Override
    public boolean gainsByLookahead() {
        return true;
    }

    @Override
    public HostBlocks hostBlocks(long bytes) {
        HostBlocks blocks = runner.hostBlocks(bytes);
        return new HostBlocks() {
            @Override
            public int size() {
                return blocks.size();
            }

            @Override
            public double secondsPerBlock() {
                return 0;
            }

            @Override
            public void store(int block, int slot) {
                blocks.store(block, slot);
            }

            @Override
            public void load(int slot, int block) {
                blocks.load(slot, block);
            }

            @Override
            public void close() {
                blocks.close();
            }
        };
    }

    @Override
    public String device() {
        return runner.device();
    }

    @Override
    public KvShape kvShape() {
        return runner.kvShape();
    }

    @Override
    public int kvBlocks() {
        return runner.kvBlocks();
    }

    @Override
    public int vocabSize() {
        return runner.vocabSize();
    }

    @Override
    public int maxModelLength() {
        return runner.maxModelLength();
    }

    @Override
    public void launch(StepBatch batch) {
        runner.launch(batch);
    }

    @Override
    public StepResult await() {
        return runner.await();
    }

    @Override
    public void close() {
        runner.close();
    }
}
