"""Files that would run code if they were opened as pickles, and ones that would not but are pickles all the same."""

from __future__ import annotations

import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import torch


class Bomb:
    """Unpickled, it makes a folder: the sign that somebody else's code was run."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.sign),)


def pickled(path: Path, sign: Path) -> None:
    """A plain pickle with a bomb in it."""
    path.write_bytes(pickle.dumps(Bomb(sign)))


def torch_file(path: Path, sign: Path) -> None:
    """What `torch.save` writes, with a bomb beside the tensors."""
    torch.save({"weight": torch.zeros(2), "bomb": Bomb(sign)}, path)


def object_arrays(path: Path, sign: Path) -> None:
    """An .npz whose array holds an object, under any name."""
    with path.open("wb") as file:
        np.savez(file, weight=np.array([Bomb(sign)], dtype=object))


def archive(path: Path, sign: Path) -> None:
    """A zip archive, as `torch.save` writes one, with a pickle of its own."""
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("archive/data.pkl", pickle.dumps(Bomb(sign)))
        made.writestr("archive/version", "3\n")


KINDS = {"pickle": pickled, "torch": torch_file, "npz": object_arrays, "archive": archive}
