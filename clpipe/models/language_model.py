"""A base model with an adapter on it: read a question with its answer, step, reply.

The forward pass is the network's own; a soft prompt's vectors are put before the embedded input here, so that
asking, teaching and the shared prompt prefix go one way. It knows nothing of streams, strategies or seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clpipe.models import decoding, even
from clpipe.models.chat import Chat
from clpipe.models.device import resolve
from clpipe.models.optimizer import Optimizer
from clpipe.models.row import NEAR_TIE, Reply, Row, two_best
from clpipe.records import Question

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True, slots=True)
class Forward:
    """What one pass through the network gave."""

    logits: Tensor
    """(rows, kept positions, vocabulary)"""
    cache: Any
    """Keys and values of all positions so far, or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A question read together with the answer shown: what there is to learn from one episode."""

    question: Question
    shown: str
    loss: Tensor
    """Mean negative log-likelihood in nats a token, a scalar with its gradient."""
    tokens: int
    """Tokens that entered the loss."""
    question_ids: list[int]
    answer_ids: list[int]
    """The shown answer and the end of the turn."""
    answer_logits: Tensor
    """(len(answer_ids), vocabulary), what the model expected at each of them; no gradient."""
    cache: Any
    """Keys and values of the question and of all but the last of `answer_ids`, after a soft prompt if there is one;
    `None` where lessons of several learners have theirs together."""

    def begin_reply(self, chat: Chat, max_new_tokens: int) -> Row:
        """As much of the greedy reply as the pass that read the lesson tells."""
        row = Row(0, self.question_ids, self.answer_ids[:-1][: max_new_tokens - 1])
        [tokens], [gaps] = two_best(self.answer_logits[None])
        row.accept(chat, tokens, gaps, max_new_tokens)
        return row


class LanguageModel:
    """A causal language model that answers questions and learns by gradient steps on its adapter."""

    def __init__(self, network: Any, chat: Chat) -> None:
        self.network = network
        self.chat = chat
        self.adapter: Any = None
        """The PeftModel around the network, once a method has been attached."""
        self.optimizer: Optimizer | None = None
        self.takes_ragged_rows: bool | None = None
        """Whether rows of different lengths may be asked together; `None` until it has been tried."""

    @classmethod
    def load(
        cls, weights: Path, *, instruction: str, precision: str = "fp32", device: str = "auto", lines: str = "one"
    ) -> LanguageModel:
        """A prepared model (the folder that the stage `model` wrote), frozen; `lines` of a reply: `one` or `all`.

        Raises FileNotFoundError when the folder is not there, ValueError when the device is not.
        """
        if not (weights / "config.json").exists():
            raise FileNotFoundError(f"{weights}: no prepared model here; run `dvc repro model`")
        from transformers import AutoModelForCausalLM
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        place = resolve(device)
        network = AutoModelForCausalLM.from_pretrained(weights, dtype=DTYPES[precision]).to(place)
        network.requires_grad_(False).eval()
        return cls(network, Chat.load(weights, instruction, lines))

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return torch.device(self.network.device)

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the base."""
        found: torch.dtype = self.network.dtype
        return found

    @property
    def attends_only(self) -> bool:
        """Whether all memory is attention over all tokens, so that a cache may be cut and gone on from anywhere."""
        config = self.network.config.get_text_config()
        types = getattr(config, "layer_types", None)
        if types is None:
            return not getattr(config, "sliding_window", None)
        return set(types) == {"full_attention"}

    def trainable(self) -> dict[str, Tensor]:
        """The parameters that learn, by name."""
        return {n: p for n, p in (self.adapter or self.network).named_parameters() if p.requires_grad}

    def parameters(self) -> int:
        """Number of parameters of base and adapter, tied ones once."""
        return sum(p.numel() for p in (self.adapter or self.network).parameters())

    def start_learning(self, lr: float, weight_decay: float, clip: float | None) -> None:
        """Make ready for `step`: AdamW over what is trainable."""
        self.optimizer = Optimizer(self.trainable(), lr, weight_decay, clip, self.dtype)

    def step(self, loss: Tensor) -> None:
        """One gradient step; raises RuntimeError before `start_learning`, ValueError when the loss is not finite."""
        if self.optimizer is None:
            raise RuntimeError("step before start_learning")
        self.optimizer.step(loss)

    def forward(
        self, ids: Tensor | Sequence[int], *, rows: int, cache: Any = None, begins: bool = True, keep: int = 1
    ) -> Forward:
        """Run the network over `ids` (rows, length), or one row of ids, after what is in `cache`.

        Args:
            ids: Token ids, all rows of one length.
            rows: Number of rows.
            cache: Of an earlier pass; it is extended in place.
            begins: Whether the sequence begins here, so that a soft prompt goes before it.
            keep: Logits are computed at the last `keep` positions.
        """
        tokens = torch.as_tensor(ids, dtype=torch.long, device=self.device).reshape(rows, -1)
        soft = self._soft_prompt() if begins else None
        if soft is None:
            inputs = {"input_ids": tokens}
        else:
            words = self.network.get_input_embeddings()(tokens)
            inputs = {"inputs_embeds": torch.cat([soft.to(words.dtype).expand(rows, -1, -1), words], dim=1)}
        out = self.network(**inputs, past_key_values=cache, use_cache=True, logits_to_keep=keep)
        return Forward(out.logits, out.past_key_values)

    def memory_of(self, ids: list[int]) -> Any:
        """Cache of one row that begins with `ids`, after a soft prompt if there is one; `None` when both are empty."""
        return self.forward(ids, rows=1).cache if ids or self._soft_prompt() is not None else None

    def read(self, question: Question, answer: str, *, whole_sequence: bool = False) -> Lesson:
        """Read a question with the answer shown, ready to learn from.

        Args:
            question: What was asked.
            answer: The answer shown.
            whole_sequence: Take the loss on question and answer (the seed document's way), not on the answer alone.
        """
        question_ids, answer_ids = self.chat.example(question.prompt, answer)
        ids = question_ids + answer_ids
        labels = ids[1:] if whole_sequence else answer_ids
        out = self.forward(ids[:-1], rows=1, keep=len(labels))
        logits = out.logits[0].float()
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels, device=self.device))
        return Lesson(
            question=question,
            shown=answer,
            loss=loss,
            tokens=len(labels),
            question_ids=question_ids,
            answer_ids=answer_ids,
            answer_logits=logits[-len(answer_ids) :].detach(),
            cache=out.cache,
        )

    def attempt(self, lesson: Lesson, max_new_tokens: int) -> Reply:
        """The greedy reply to the lesson's question, exactly, at next to no cost.

        The pass that read the lesson tells the greedy token at every position of the shown answer: the answer is the
        speculative draft, and decoding goes on after the first mismatch. Where that pass is not the model's own
        (dropout, layers without a cuttable cache), or two logits nearly tie, the question is asked anew.
        """
        if self.drops() or not self.attends_only:
            return self.replies([lesson.question.prompt], max_new_tokens, 1)[0]
        row = lesson.begin_reply(self.chat, max_new_tokens)
        if not row.done:
            cache = self._cut(lesson.cache, len(lesson.answer_ids) - len(row.written))
            even.go_on(self, [row], cache, max_new_tokens)
        if row.margin < NEAR_TIE[self.dtype]:
            return self.replies([lesson.question.prompt], max_new_tokens, 1)[0]
        return row.reply(self.chat)

    def replies(
        self, prompts: Sequence[str], max_new_tokens: int, batch_size: int, drafts: Sequence[str] | None = None
    ) -> list[Reply]:
        """The greedy reply to each prompt, whatever the batch size, the order and the drafts.

        Args:
            prompts: What is asked.
            max_new_tokens: A reply ends here at the latest.
            batch_size: Most questions that are answered at one time.
            drafts: A guess at each reply; a right one saves time.
        """
        questions = [self.chat.question(p) for p in prompts]
        guesses = [self.chat.example(p, d)[1][:-1] for p, d in zip(prompts, drafts, strict=True)] if drafts else None
        learning = self.network.training
        self.network.eval()
        try:
            return decoding.greedy(self, questions, guesses, max_new_tokens, batch_size)
        finally:
            self.network.train(learning)

    def adapter_state(self) -> dict[str, Tensor]:
        """A copy of the trainable parameters."""
        return {name: p.detach().clone() for name, p in self.trainable().items()}

    def restore_adapter(self, state: dict[str, Tensor]) -> None:
        """Put back what `adapter_state` gave."""
        with torch.no_grad():
            for name, parameter in self.trainable().items():
                parameter.copy_(state[name])

    def drops(self) -> bool:
        """Whether a pass in training drops some of what it computes."""
        if getattr(self.network.config, "attention_dropout", 0):
            return True
        modules = (self.adapter or self.network).modules()
        return any(isinstance(m, torch.nn.Dropout) and m.p > 0 for m in modules)

    def _soft_prompt(self) -> Tensor | None:
        if self.adapter is None or not self.adapter.active_peft_config.is_prompt_learning:
            return None
        vectors: Tensor = self.adapter.get_prompt(batch_size=1)
        return vectors

    def _cut(self, cache: Any, tokens: int) -> Any:
        for layer in cache.layers:
            layer.keys, layer.values = layer.keys.detach(), layer.values.detach()
        if tokens:
            cache.crop(-tokens)
        return cache
