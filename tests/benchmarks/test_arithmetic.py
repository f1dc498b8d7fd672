import pytest

from benchmarks.arithmetic import Sizes, asking, lora_step, soft_prompt_step

SMOLLM2 = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "head_dim": 64,
    "vocab_size": 49_152,
}
QWEN = {
    "hidden_size": 896,
    "intermediate_size": 4_864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "vocab_size": 151_936,
    "layer_types": ["full_attention"] * 24,
}
TINYLLAMA = {
    "hidden_size": 2_048,
    "intermediate_size": 5_632,
    "num_hidden_layers": 22,
    "num_attention_heads": 32,
    "num_key_value_heads": 4,
    "vocab_size": 32_000,
}


@pytest.mark.parametrize(
    ("config", "body", "head", "lora"),
    [(SMOLLM2, 106.2, 28.3, 0.922), (QWEN, 357.8, 136.1, 1.081), (TINYLLAMA, 968.9, 65.5, 2.25)],
)
def test_parameters_in_millions(config: dict[str, int], body: float, head: float, lora: float) -> None:
    sizes = Sizes.of(config)
    assert [sizes.body / 1e6, sizes.head / 1e6, sizes.lora(16) / 1e6] == pytest.approx([body, head, lora], rel=0.002)


@pytest.mark.parametrize(
    ("config", "tokens", "gflop"),
    [
        (SMOLLM2, 64, 28.8),
        (SMOLLM2, 96, 43.6),
        (QWEN, 64, 95.1),
        (QWEN, 96, 142.4),
        (TINYLLAMA, 64, 251.5),
        (TINYLLAMA, 96, 378.4),
    ],
)
def test_a_lora_step(config: dict[str, int], tokens: int, gflop: float) -> None:
    assert lora_step(Sizes.of(config), tokens, 4, 16) / 1e9 == pytest.approx(gflop, rel=0.01)


@pytest.mark.parametrize(
    ("config", "tokens", "gflop"),
    [(SMOLLM2, 64, 37.6), (SMOLLM2, 96, 52.5), (QWEN, 64, 124.2), (QWEN, 96, 171.7), (TINYLLAMA, 64, 330)],
)
def test_a_soft_prompt_step(config: dict[str, int], tokens: int, gflop: float) -> None:
    assert soft_prompt_step(Sizes.of(config), tokens, 4, 20) / 1e9 == pytest.approx(gflop, rel=0.01)


@pytest.mark.parametrize(
    ("config", "prefill", "written"), [(SMOLLM2, 4.18, 1.29), (QWEN, 13.9, 4.74), (TINYLLAMA, 37.5, 9.9)]
)
def test_asking_300_tasks(config: dict[str, int], prefill: float, written: float) -> None:
    sizes = Sizes.of(config)
    nothing, sixteen = (300 * asking(sizes, 64, n) / 1e12 for n in (0, 16))
    assert nothing == pytest.approx(prefill, rel=0.01)
    assert sixteen - nothing == pytest.approx(written, rel=0.01)


def test_other_layers_have_no_floor() -> None:
    with pytest.raises(ValueError, match="conv"):
        Sizes.of({**QWEN, "layer_types": ["conv", "full_attention"]})
