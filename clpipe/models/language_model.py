"""A base model with an adapter on it: read a question with its answer, step, reply.

The forward pass is the network's own; a soft prompt's vectors and a prefix's keys and values are put before the input
here, so that asking, teaching and the shared prompt prefix go one way. It knows nothing of streams, strategies, seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clpipe.models import decoding, even
from clpipe.models.adapted import Adapter
from clpipe.models.chat import Chat
from clpipe.models.context import Context, Shown
from clpipe.models.device import resolve
from clpipe.models.lesson import Lesson, mean_nats
from clpipe.models.method import Method
from clpipe.models.optimizer import Optimizer
from clpipe.models.row import NEAR_TIE, Reply
from clpipe.records import Question

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True, slots=True)
class Forward:
    """What one pass through the network gave."""

    logits: Tensor
    """(rows, kept positions, vocabulary)"""
    cache: Any
    """Keys and values of all positions so far, or `None`."""


class LanguageModel:
    """A causal language model that answers questions and learns by gradient steps on its adapter."""

    def __init__(self, network: Any, chat: Chat, weights: Path) -> None:
        self.network = network
        self.chat = chat
        self.weights = weights
        """The folder it was loaded from."""
        self.adapter: Adapter | None = None
        """What a method has put on the network."""
        self.method: Method | None = None
        """That method; `None` where the adapter is somebody else's PEFT folder."""
        self.context: Context | None = None
        """Solved tasks that stand before each question, where a strategy works by them."""
        self.whole_sequence = False
        """Whether losses are on question and answer (the seed document's way), not on the answer alone."""
        self.max_new_tokens = 10
        """Tokens that the replies of a strategy's own may have, where it says nothing else."""
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
        network = AutoModelForCausalLM.from_pretrained(
            weights, dtype=DTYPES[precision], use_safetensors=True, local_files_only=True, trust_remote_code=False
        ).to(place)
        network.requires_grad_(False).eval()
        return cls(network, Chat.load(weights, instruction, lines), weights)

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
        return self.adapter.trainable() if self.adapter else {}

    def parameters(self) -> int:
        """Number of parameters of base and adapter, tied ones once."""
        return sum(p.numel() for p in (self.adapter.module if self.adapter else self.network).parameters())

    def start_learning(self, lr: float, weight_decay: float, clip: float | None) -> None:
        """Make ready for `step`: AdamW over what is trainable."""
        self.optimizer = Optimizer(self.trainable(), lr, weight_decay, clip, self.dtype)

    def step(self, loss: Tensor) -> None:
        """One gradient step; raises RuntimeError before `start_learning`, ValueError when the loss is not finite."""
        self._learning().step(self._whole(loss))
        self._stepped()

    def gradients(self, loss: Tensor) -> dict[str, Tensor]:
        """The gradient of a loss alone for each parameter that it depends on; no step is taken."""
        return self._learning().gradients(loss)

    def step_along(self, gradients: Mapping[str, Tensor], loss: Tensor) -> None:
        """One step down these gradients, and the method's own penalty's, not those of `loss`; raises as `step`."""
        penalty = self.adapter.penalty() if self.adapter else None
        own = self._learning().gradients(penalty) if penalty is not None else {}
        added = {name: gradients[name] + own[name] for name in own.keys() & gradients.keys()}
        self._learning().step_along({**gradients, **own, **added}, loss)
        self._stepped()

    def meet(self, question: Question) -> None:
        """A question of the stream comes: a router may make room for its like."""
        if self.adapter:
            self.adapter.meet(question.prompt, question.family)

    @contextmanager
    def lent(self, state: Mapping[str, Tensor]) -> Iterator[None]:
        """Inside the block the adapter has the values of `state`, which `adapter_state` gave; nothing learns there."""
        own = self.adapter_state()
        self.restore_adapter(state)
        try:
            with torch.no_grad():
                yield
        finally:
            self.restore_adapter(own)

    @contextmanager
    def bare(self) -> Iterator[None]:
        """Inside the block the base alone reads and answers; nothing learns there."""
        context, self.context = self.context, None
        try:
            with torch.no_grad():
                if self.adapter is None:
                    yield
                else:
                    with self.adapter.disabled():
                        yield
        finally:
            self.context = context

    def forward(
        self, ids: Tensor | Sequence[int], *, rows: int, cache: Any = None, begins: bool = True, keep: int = 1
    ) -> Forward:
        """Run the network over `ids` (rows, length), or one row of ids, after what is in `cache`.

        Args:
            ids: Token ids, all rows of one length.
            rows: Number of rows.
            cache: Of an earlier pass; it is extended in place.
            begins: Whether the sequence begins here, so that a soft prompt or a prefix goes before it.
            keep: Logits are computed at the last `keep` positions.
        """
        tokens = torch.as_tensor(ids, dtype=torch.long, device=self.device).reshape(rows, -1)
        adapter = self.adapter if begins else None
        if adapter and cache is None and not adapter.off:
            cache = adapter.prefix(rows)
        soft = adapter.soft_prompt() if adapter else None
        if soft is None:
            inputs = {"input_ids": tokens}
        else:
            words = self.network.get_input_embeddings()(tokens)
            inputs = {"inputs_embeds": torch.cat([soft.to(words.dtype).expand(rows, -1, -1), words], dim=1)}
        out = self.network(**inputs, past_key_values=cache, use_cache=True, logits_to_keep=keep)
        return Forward(out.logits, out.past_key_values)

    def memory_of(self, ids: list[int]) -> Any:
        """Cache of one row that begins with `ids`, after what the adapter puts before; `None` when there is neither."""
        if ids or (self.adapter and self.adapter.soft_prompt() is not None):
            return self.forward(ids, rows=1).cache
        return self.adapter.prefix(1) if self.adapter and not self.adapter.off else None

    def read(self, question: Question, answer: str) -> Lesson:
        """Read a question with the answer shown, ready to learn from."""
        self._turn_to(question.prompt, question.family)
        question_ids, answer_ids = self.chat.example(question.prompt, answer, self._shown(question.prompt))
        ids = question_ids + answer_ids
        labels = ids[1:] if self.whole_sequence else answer_ids
        out = self.forward(ids[:-1], rows=1, keep=len(labels))
        logits = out.logits[0].float()
        return Lesson(
            question=question,
            shown=answer,
            loss=mean_nats(logits, labels),
            tokens=len(labels),
            question_ids=question_ids,
            answer_ids=answer_ids,
            logits=logits,
            cache=out.cache,
        )

    def attempt(self, lesson: Lesson, max_new_tokens: int) -> Reply:
        """The greedy reply to the lesson's question, exactly, at next to no cost.

        The pass that read the lesson tells the greedy token at every position of the shown answer: the answer is the
        speculative draft, and decoding goes on after the first mismatch. Where that pass is not the model's own
        (dropout, layers without a cuttable cache), or two logits nearly tie, the question is asked anew.
        """
        question = lesson.question
        if self.drops() or not self.attends_only:
            return self.replies([question.prompt], max_new_tokens, 1, families=[question.family])[0]
        row = lesson.begin_reply(self.chat, max_new_tokens)
        if not row.done:
            cache = self._cut(lesson.cache, len(lesson.answer_ids) - len(row.written))
            even.go_on(self, [row], cache, max_new_tokens)
        if row.margin < NEAR_TIE[self.dtype]:
            return self.replies([question.prompt], max_new_tokens, 1, families=[question.family])[0]
        return row.reply(self.chat)

    def replies(
        self,
        prompts: Sequence[str],
        max_new_tokens: int,
        batch_size: int,
        *,
        golds: Sequence[str] | None = None,
        families: Sequence[str] | None = None,
    ) -> list[Reply]:
        """The greedy reply to each prompt, whatever the batch size and the order.

        Args:
            prompts: What is asked.
            max_new_tokens: A reply ends here at the latest.
            batch_size: Most questions that are answered at one time.
            golds: The right answers; each reply then comes with the loss of its own. They change nothing else.
            families: Of the questions; only a router of the upper bound looks at them.
        """
        groups: dict[str, list[int]] = defaultdict(list)
        for i, prompt in enumerate(prompts):
            family = families[i] if families is not None else None
            groups[self.adapter.route(prompt, family) if self.adapter else ""].append(i)
        questions = [self.chat.question(p, self._shown(p)) for p in prompts]
        answers = None
        if golds is not None:
            answers = [self.chat.example(p, g, self._shown(p))[1] for p, g in zip(prompts, golds, strict=True)]
        found: dict[int, Reply] = {}
        learning = self.network.training
        self.network.eval()
        try:
            for name, places in groups.items():
                if self.adapter:
                    self.adapter.turn_to(name)
                own = [answers[i] for i in places] if answers is not None else None
                asked = [questions[i] for i in places]
                found |= zip(places, decoding.greedy(self, asked, own, max_new_tokens, batch_size), strict=True)
        finally:
            self.network.train(learning)
        return [found[i] for i in range(len(prompts))]

    def adapter_state(self) -> dict[str, Tensor]:
        """A copy of what learning has changed."""
        return self.adapter.state() if self.adapter else {}

    def restore_adapter(self, state: Mapping[str, Tensor]) -> None:
        """Put back what `adapter_state` gave."""
        if self.adapter:
            self.adapter.restore(state)

    def drops(self) -> bool:
        """Whether a pass in training drops some of what it computes."""
        if getattr(self.network.config, "attention_dropout", 0):
            return True
        modules = (self.adapter.module if self.adapter else self.network).modules()
        return any(isinstance(m, torch.nn.Dropout) and m.p > 0 for m in modules)

    def _shown(self, prompt: str) -> tuple[Shown, ...]:
        return self.context.shown(prompt) if self.context else ()

    def _turn_to(self, prompt: str, family: str) -> None:
        if self.adapter:
            self.adapter.turn_to(self.adapter.route(prompt, family))

    def _learning(self) -> Optimizer:
        if self.optimizer is None:
            raise RuntimeError("step before start_learning")
        return self.optimizer

    def _whole(self, loss: Tensor) -> Tensor:
        penalty = self.adapter.penalty() if self.adapter else None
        return loss if penalty is None else loss + penalty

    def _stepped(self) -> None:
        if self.adapter:
            self.adapter.stepped()

    def _cut(self, cache: Any, tokens: int) -> Any:
        for layer in cache.layers:
            layer.keys, layer.values = layer.keys.detach(), layer.values.detach()
        if tokens:
            cache.crop(-tokens)
        return cache
