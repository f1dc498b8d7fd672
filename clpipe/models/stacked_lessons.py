"""Lessons of several learners read in one pass, and their attempts: row k is learner k."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from clpipe.models import ragged
from clpipe.models.lesson import Lesson, mean_nats
from clpipe.models.ragged import Live
from clpipe.models.row import NEAR_TIE, Reply
from clpipe.models.slots import Slots
from clpipe.models.stack import Stack
from clpipe.records import Question


def read(stack: Stack, questions: Sequence[Question], answers: Sequence[str]) -> tuple[list[Lesson], Any]:
    """What `LanguageModel.read` gives, for one question of each learner, and the cache of all of them.

    Shorter rows are padded behind their end, where causal attention does not look.
    """
    model = stack.model
    pairs = [model.chat.example(q.prompt, a) for q, a in zip(questions, answers, strict=True)]
    rows = [question + answer for question, answer in pairs]
    length = max(map(len, rows)) - 1
    ids = torch.tensor([row[:-1] + [row[-1]] * (length - len(row) + 1) for row in rows], device=model.device)
    first = 0 if model.whole_sequence else min(len(question) for question, _ in pairs) - 1
    out = stack.forward(ids, keep=torch.arange(first, length, device=model.device))
    lessons = []
    for k, (question_ids, answer_ids) in enumerate(pairs):
        labels = rows[k][1:] if model.whole_sequence else answer_ids
        end = len(rows[k]) - 1 - first
        logits = out.logits[k, end - len(labels) : end].float()
        lessons.append(
            Lesson(
                question=questions[k],
                shown=answers[k],
                loss=mean_nats(logits, labels),
                tokens=len(labels),
                question_ids=question_ids,
                answer_ids=answer_ids,
                logits=logits,
                cache=None,
            )
        )
    return lessons, out.past_key_values


def attempts(stack: Stack, lessons: Sequence[Lesson], cache: Any, max_new_tokens: int) -> list[Reply]:
    """What `LanguageModel.attempt` gives for each lesson; unfinished replies are decoded together."""
    model = stack.model
    rows = [lesson.begin_reply(model.chat, max_new_tokens) for lesson in lessons]
    for k, row in enumerate(rows):
        row.index = k
    soft = stack.soft_prompts
    before = 0 if soft is None else soft.shape[1]
    live = [
        Live(row, before + len(lesson.question_ids) + len(row.written) - 1)
        for row, lesson in zip(rows, lessons, strict=True)
        if not row.done
    ]
    if live:
        _decode(stack, live, cache, max_new_tokens)
    replies = []
    for k, row in enumerate(rows):
        reply = row.reply(model.chat)
        if row.margin < NEAR_TIE[model.dtype]:
            with stack.alone(k):
                [reply] = model.replies([lessons[k].question.prompt], max_new_tokens, 1)
        replies.append(reply)
    return replies


@torch.no_grad()
def _decode(stack: Stack, live: list[Live], cache: Any, max_new_tokens: int) -> None:
    model = stack.model
    learning = model.network.training
    model.network.eval()
    longest = max(one.position for one in live) + max_new_tokens + 1
    slots = Slots(len(cache.layers), len(live), longest)
    slots.begin_like(cache, [one.row.index for one in live])
    try:
        while live:
            stack.chosen.adapters = torch.tensor([one.row.index for one in live], device=model.device)
            live = ragged.kept([], ragged.step(model, live, slots, max_new_tokens), slots)
    finally:
        stack.chosen.adapters = None
        model.network.train(learning)
