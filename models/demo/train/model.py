"""A compact Qwen3 in PyTorch for training. Parameter names are Hugging Face's, so the export is the state dict."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 1536
    hidden: int = 256
    layers: int = 8
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    intermediate: int = 640
    positions: int = 2048
    theta: float = 10000.0
    epsilon: float = 1e-6

    def config(self, pad: int, end: int) -> dict:
        """The Hugging Face config.json."""
        return {
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            "attention_bias": False,
            "attention_dropout": 0.0,
            "bos_token_id": None,
            "eos_token_id": end,
            "pad_token_id": pad,
            "head_dim": self.head_dim,
            "hidden_act": "silu",
            "hidden_size": self.hidden,
            "initializer_range": 0.02,
            "intermediate_size": self.intermediate,
            "max_position_embeddings": self.positions,
            "max_window_layers": self.layers,
            "num_attention_heads": self.heads,
            "num_hidden_layers": self.layers,
            "num_key_value_heads": self.kv_heads,
            "rms_norm_eps": self.epsilon,
            "rope_scaling": None,
            "rope_theta": self.theta,
            "sliding_window": None,
            "tie_word_embeddings": True,
            "torch_dtype": "bfloat16",
            "use_cache": True,
            "use_sliding_window": False,
            "vocab_size": self.vocabulary,
        }


class RmsNorm(nn.Module):
    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(size)), epsilon

    def forward(self, x):
        wide = x.float()
        return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight).to(x.dtype)


def rotate(x, cos, sin):
    """Rotary embedding, half-split form; x is [batch, heads, time, head_dim]."""
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1).to(x.dtype)


class Attention(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        s, self.shape = shape, shape
        self.q_proj = nn.Linear(s.hidden, s.heads * s.head_dim, bias=False)
        self.k_proj = nn.Linear(s.hidden, s.kv_heads * s.head_dim, bias=False)
        self.v_proj = nn.Linear(s.hidden, s.kv_heads * s.head_dim, bias=False)
        self.o_proj = nn.Linear(s.heads * s.head_dim, s.hidden, bias=False)
        self.q_norm, self.k_norm = RmsNorm(s.head_dim, s.epsilon), RmsNorm(s.head_dim, s.epsilon)

    def forward(self, x, cos, sin, mask, attend):
        rows, time, _ = x.shape
        split = lambda y: y.view(rows, time, -1, self.shape.head_dim)  # noqa: E731
        q = rotate(self.q_norm(split(self.q_proj(x))).transpose(1, 2), cos, sin)
        k = rotate(self.k_norm(split(self.k_proj(x))).transpose(1, 2), cos, sin)
        v = split(self.v_proj(x)).transpose(1, 2)
        y = attend(q, k, v, mask)
        return self.o_proj(y.transpose(1, 2).reshape(rows, time, -1))


class Mlp(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden, shape.intermediate, bias=False)
        self.up_proj = nn.Linear(shape.hidden, shape.intermediate, bias=False)
        self.down_proj = nn.Linear(shape.intermediate, shape.hidden, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.input_layernorm = RmsNorm(shape.hidden, shape.epsilon)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = RmsNorm(shape.hidden, shape.epsilon)
        self.mlp = Mlp(shape)

    def forward(self, x, cos, sin, mask, attend):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, attend)
        return x + self.mlp(self.post_attention_layernorm(x))


class Backbone(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RmsNorm(shape.hidden, shape.epsilon)


def dense_attention(q, k, v, mask):
    share = q.shape[1] // k.shape[1]
    return F.scaled_dot_product_attention(
        q, k.repeat_interleave(share, 1), v.repeat_interleave(share, 1), attn_mask=mask
    )


class Qwen3(nn.Module):
    """forward gives the final hidden states; the head is the transposed embedding."""

    def __init__(self, shape: Shape, attend=dense_attention):
        super().__init__()
        self.shape, self.attend = shape, attend
        self.model = Backbone(shape)
        inverse = shape.theta ** (-torch.arange(0, shape.head_dim, 2, dtype=torch.float32) / shape.head_dim)
        angle = torch.arange(shape.positions, dtype=torch.float32)[:, None] * inverse
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        self.apply(self._initialize)

    def _initialize(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, Layer):
            for out in (module.self_attn.o_proj, module.mlp.down_proj):
                nn.init.zeros_(out.weight)

    def forward(self, tokens, mask):
        time = tokens.shape[1]
        x = self.model.embed_tokens(tokens)
        for layer in self.model.layers:
            x = layer(x, self.cos[:time], self.sin[:time], mask, self.attend)
        return self.model.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.model.embed_tokens.weight)


def parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def save(model: Qwen3, directory: Path, pad: int, end: int) -> None:
    """Writes model.safetensors (bf16), config.json and generation_config.json."""
    directory.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().to("cpu", torch.bfloat16).contiguous() for name, value in model.state_dict().items()}
    save_file(state, str(directory / "model.safetensors"), metadata={"format": "pt"})
    _json(directory / "config.json", model.shape.config(pad, end))
    _json(
        directory / "generation_config.json",
        {"do_sample": False, "eos_token_id": [end, pad], "pad_token_id": pad, "max_new_tokens": 1024},
    )


def load(model: Qwen3, directory: Path) -> None:
    model.load_state_dict(load_file(str(directory / "model.safetensors")))


def _json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
