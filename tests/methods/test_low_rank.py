"""Methods on linear layers: targets that are not there, values out of range, what only one of them does."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from clpipe.models import adapter
from clpipe.models.lesson import mean_nats
from clpipe.models.method import LOW_RANK
from clpipe.models.stack import Stack
from tests.conftest import Load
from tests.methods.learners import METHODS, begin, made, put, taught, teach

TARGETED = ("adalora", "dora", "ia3", "lora", "lora_prefix", "lora_soft_prompt", "multi_lora")


@pytest.mark.parametrize("name", TARGETED)
def test_a_target_that_is_not_there_is_named(name: str, load: Load) -> None:
    model = load("llama")
    with pytest.raises(
        ValueError, match=rf"^methods\.{name}\.target_modules: .* no linear layer 'w_pack'; it has .*q_proj"
    ):
        adapter.attach(model, made(name, target_modules=("w_pack",)), model.weights, seed=0)


def test_every_method_with_targets_is_tried_above() -> None:
    assert [name for name in METHODS if hasattr(made(name), "target_modules")] == list(TARGETED)


@pytest.mark.parametrize("name", [name for name in TARGETED if name != "ia3"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0.0}, "alpha: must be more than 0, not 0"),
        ({"dropout": 1.0}, "dropout: must be from 0 to below 1"),
        ({"target_modules": ()}, "target_modules: must name at least one"),
    ],
)
def test_values_out_of_range_are_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(name, **options)


@pytest.mark.parametrize("name", [name for name in TARGETED if name not in ("ia3", "adalora")])
def test_a_rank_below_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="r: must be 1 or more, not 0"):
        made(name, r=0)


@pytest.mark.parametrize("rslora", [False, True])
def test_the_scale_is_alpha_over_r_or_over_its_root(rslora: bool, load: Load) -> None:
    model = load("llama")
    put(model, made("lora", r=16, alpha=32, rslora=rslora))
    layer = model.network.model.layers[0].self_attn.q_proj
    assert layer.scaling["default"] == (32 / 4 if rslora else 32 / 16)


def test_only_plain_pairs_with_b_of_zeros_are_low_rank(load: Load) -> None:
    for name in METHODS:
        model = load("llama")
        put(model, made(name))
        pairs = {n.rsplit(".", 3)[0] for n in model.trainable() if n.endswith(("lora_A.default.weight",))}
        whole = {f"{p}.lora_{half}.default.weight" for p in pairs for half in "AB"} == set(model.trainable()) != set()
        zeros = all(not p.any() for n, p in model.trainable().items() if "lora_B" in n)
        assert (whole and zeros) == (LOW_RANK in made(name).traits), name


def test_lengths_learn_beside_directions(load: Load) -> None:
    """DoRA at its start by hand: a length of W's rows doubled doubles that output."""
    model = load("llama")
    put(model, made("dora"))
    layer = model.network.model.layers[0].self_attn.q_proj
    x = torch.linspace(-1, 1, 32)[None]
    before = layer(x)
    magnitude = layer.lora_magnitude_vector["default"].weight
    torch.testing.assert_close(magnitude.detach(), layer.base_layer.weight.norm(dim=1))
    with torch.no_grad():
        magnitude[3] *= 2
    after = layer(x)
    torch.testing.assert_close(after[0, 3], 2 * before[0, 3])
    assert torch.equal(after[0, :3], before[0, :3])


@pytest.mark.parametrize(("kind", "inside"), [("llama", "down_proj"), ("qwen2", "down_proj"), ("lfm2", "w2")])
def test_ia3_finds_the_feed_forward_layers(kind: str, inside: str, load: Load) -> None:
    model = load(kind)
    put(model, made("ia3"))
    scaled = {name.rsplit(".ia3_l", 1)[0].rsplit(".", 1)[-1] for name in model.trainable()}
    assert scaled == {"k_proj", "v_proj", inside}


def test_ia3_scales_outputs_and_feed_forward_inputs(load: Load) -> None:
    model = load("llama")
    put(model, made("ia3"))
    block = model.network.model.layers[0]
    key, down = block.self_attn.k_proj, block.mlp.down_proj
    with torch.no_grad():
        key.ia3_l["default"][5] = 3
        down.ia3_l["default"][..., 7] = 0
    x, inside = torch.linspace(-1, 1, 32)[None], torch.linspace(-1, 1, 64)[None]
    torch.testing.assert_close(key(x)[0, 5], 3 * key.base_layer(x)[0, 5])
    without = inside.clone()
    without[0, 7] = 0
    torch.testing.assert_close(down(inside), down.base_layer(without))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target_modules": (), "feedforward_modules": ()}, "target_modules: must name at least one"),
        ({"feedforward_modules": ("k_proj",)}, "feedforward_modules: 'k_proj' is in target_modules already"),
    ],
)
def test_ia3_refuses_what_it_cannot_use(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made("ia3", **options)


def test_ia3_on_an_unknown_architecture_says_what_it_found(load: Load) -> None:
    model = load("llama")
    for block in model.network.model.layers:
        block.mlp.c_proj = block.mlp.down_proj
        del block.mlp.down_proj
    with pytest.raises(ValueError, match=r"feedforward_modules: this network has none of down_proj.*it has c_proj, "):
        adapter.attach(model, made("ia3"), model.weights, seed=0)


def test_a_stacked_hybrid_reads_as_each_alone(load: Load) -> None:
    """LoRA and soft prompt are all that a stack knows, so it may know both at once."""
    model = load("llama")
    put(model, made("lora_soft_prompt"))
    starts = [model.adapter_state()]
    begin(model)
    teach(model, range(4))
    starts.append(model.adapter_state())
    ids = model.chat.question("3 + 4?")
    alone = []
    for start in starts:
        model.restore_adapter(start)
        alone.append(model.forward(ids, rows=1).logits[0, -1])
    stacked = Stack(model, starts)
    together = stacked.forward(torch.tensor([ids, ids]), keep=torch.tensor([len(ids) - 1])).logits[:, -1]
    torch.testing.assert_close(together, torch.stack(alone), rtol=1e-4, atol=1e-3)
    assert not torch.allclose(alone[0], alone[1], atol=0.1)


def test_all_weights_learn_in_fp32_alone(load: Load) -> None:
    model = load("llama")
    model.network.to(torch.bfloat16)
    with pytest.raises(ValueError, match=r"methods\.full: .* not in torch\.bfloat16; set precision: fp32"):
        adapter.attach(model, made("full"), model.weights, seed=0)


def test_tied_weights_learn_as_one(load: Load, tmp_path: Any) -> None:
    from safetensors.torch import load_file

    model = taught(load("qwen2"), made("full"))
    assert torch.equal(model.network.lm_head.weight, model.network.model.embed_tokens.weight)
    adapter.save(model, "tiny", tmp_path / "saved")
    assert sorted(p.name for p in (tmp_path / "saved").iterdir()) == ["method.json", "weights.safetensors"]
    assert not any("lm_head" in name for name in load_file(tmp_path / "saved" / "weights.safetensors"))
    assert torch.equal(model.network.lm_head.weight, model.network.model.embed_tokens.weight)


def test_the_base_is_measured_by_its_own_loss_while_all_weights_have_moved(load: Load) -> None:
    bare, model = load("llama"), taught(load("llama"), made("full"), steps=6)
    ids = model.chat.question("3 + 4?")
    with torch.no_grad():
        far = mean_nats(model.forward(ids, rows=1, keep=len(ids)).logits[0, :-1], ids[1:])
        with model.bare(), model.bare():
            near = mean_nats(model.forward(ids, rows=1, keep=len(ids)).logits[0, :-1], ids[1:])
        expected = mean_nats(bare.forward(ids, rows=1, keep=len(ids)).logits[0, :-1], ids[1:])
    assert float(near) == float(expected)
    assert math.isfinite(float(far))
    assert float(far) != float(near)
