"""What the server of forked workers imports, once for all of them; see clpipe.side_by_side."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import peft  # noqa: F401
import torch  # noqa: F401
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast  # noqa: F401

import clpipe.models.adapter
import clpipe.models.language_model  # noqa: F401
