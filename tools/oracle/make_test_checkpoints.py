#!/usr/bin/env python3
"""Writes the tiny checkpoints that the engine's tests compare with transformers.

    make_test_checkpoints.py OUT [NAME...]

Each gets a directory OUT/NAME with config.json, safetensors and golden.json:

    {"cases": [{"prompt": [id...], "last_logits_top": [[id, logit] x 20], "greedy": [id x 24], "margins": [x 24]}]}

The golden values are computed in float32 from the weights as they are stored. A margin is the distance between the two
largest logits of a step: compare a greedy token only where it is larger than the engine's own tolerance. Weights are
random; the last norm or the head is scaled so that logits have a standard deviation of about 3 and ties are rare.

Sizes are awkward on purpose: no dimension is a multiple of a vector's or a panel's width.

Needs torch and transformers 5.
"""
import argparse
import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config

PROMPT_LENGTHS = (1, 5, 17, 64, 129, 300)
STEPS = 24
COMMON = dict(vocab_size=331, hidden_size=72, intermediate_size=136, num_hidden_layers=2, num_attention_heads=6,
              num_key_value_heads=2, max_position_embeddings=1024, bos_token_id=0, eos_token_id=1, pad_token_id=1)


def rope(kind="default", theta=10000.0, **more):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=theta, **more))


VARIANTS = {
    "qwen3": (torch.bfloat16, Qwen3Config(
        **COMMON, head_dim=32, rms_norm_eps=1e-6, tie_word_embeddings=True, **rope(theta=5e6))),
    "qwen2": (torch.bfloat16, Qwen2Config(
        **COMMON, rms_norm_eps=1e-6, tie_word_embeddings=False, **rope(theta=1e6))),
    "llama3": (torch.bfloat16, LlamaConfig(
        **COMMON, rms_norm_eps=1e-5, tie_word_embeddings=False,
        **rope("llama3", 5e5, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
               original_max_position_embeddings=64))),
    "mistral": (torch.bfloat16, MistralConfig(
        **COMMON, head_dim=24, rms_norm_eps=1e-5, sliding_window=40, tie_word_embeddings=False, **rope())),
    "llama-fp16-biases": (torch.float16, LlamaConfig(
        **COMMON, rms_norm_eps=1e-5, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
        **rope("linear", factor=2.0))),
    "qwen3-fp32-yarn-sharded": (torch.float32, Qwen3Config(
        **{**COMMON, "hidden_size": 56, "intermediate_size": 104}, head_dim=16, rms_norm_eps=1e-6, tie_word_embeddings=True,
        **rope("yarn", 1e4, factor=4.0, original_max_position_embeddings=256))),
}


@torch.no_grad()
def randomize(model):
    for name, weight in model.named_parameters():
        if weight.dim() == 1:
            weight.normal_(0, 0.1)
            if "norm" in name:
                weight.add_(1)
        elif "embed" in name:
            weight.normal_(0, 0.05)
        else:
            weight.normal_(0, weight.shape[-1] ** -0.5)
    head = model.get_output_embeddings().weight
    scale = 3.0 / (head.float().std().item() * model.config.hidden_size ** 0.5)
    (model.model.norm.weight if model.config.tie_word_embeddings else head).mul_(scale)


@torch.no_grad()
def case(model, prompt):
    greedy, margins, top = [], [], None
    out = model(prompt, use_cache=True)
    for _ in range(STEPS):
        values, ids = out.logits[0, -1].topk(20)
        if top is None:
            top = [[int(i), round(float(v), 5)] for i, v in zip(ids, values)]
        greedy.append(int(ids[0]))
        margins.append(round(float(values[0] - values[1]), 5))
        out = model(ids[:1].view(1, 1), past_key_values=out.past_key_values, use_cache=True)
    return dict(prompt=prompt[0].tolist(), last_logits_top=top, greedy=greedy, margins=margins)


def write(out, name, seed):
    dtype, config = VARIANTS[name]
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation="eager")
    randomize(model)
    directory = out / name
    model.save_pretrained(directory, max_shard_size="150KB" if "sharded" in name else "1GB")
    (directory / "generation_config.json").unlink(missing_ok=True)
    model = model.float().eval()
    generator = torch.Generator().manual_seed(seed + 1)
    prompts = [torch.randint(2, config.vocab_size, (1, length), generator=generator) for length in PROMPT_LENGTHS]
    golden = dict(cases=[case(model, prompt) for prompt in prompts])
    (directory / "golden.json").write_text(json.dumps(golden) + "\n")
    files = sorted(directory.iterdir())
    print(name, sum(file.stat().st_size for file in files), "bytes,", len(files), "files")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=list(VARIANTS), metavar="NAME", help=", ".join(VARIANTS))
    arguments = parser.parse_args()
    for name in arguments.names:
        write(arguments.out, name, seed=7)


if __name__ == "__main__":
    main()
