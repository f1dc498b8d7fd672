"""Final accuracy, backward transfer, forgetting and forward transfer from a matrix R (T, T), by published definition.

R[i, j] is the accuracy on the j-th learned family after the i-th was learned, b[j] that before any; rows and columns
are counted from 1 in the formulae. The same R gives three values of "backward transfer", so each formula here is
named after who published it. Values come in the unit of R (shares or per cent). All but forward transfer read the
lower triangle of R only, diagonal included; what lies above may be unknown (NaN).

With one family (T = 1) there is nothing earlier to forget and nothing later to transfer to: those values are `None`,
never 0, also where the published division by T would yield 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def final_accuracy(matrix: Matrix) -> float:
    """mean_j R[T, j]: "ACC" (GEM), "OP" (TRACE), "Cl" (SAPT), "average" (O-LoRA)."""
    return float(_checked(matrix)[-1].mean())


def learning_accuracy(matrix: Matrix) -> float:
    """mean_i R[i, i]: each family when it had just been learned (Riemer et al. 2019)."""
    return float(_checked(matrix).diagonal().mean())


def accuracy_row_means(matrix: Matrix) -> float:
    """mean_i mean_{j<=i} R[i, j]: "average accuracy" of PILOT, average incremental accuracy (Rebuffi et al. 2017)."""
    full = _checked(matrix)
    return float(np.mean([full[i, : i + 1].mean() for i in range(len(full))]))


def accuracy_diaz_rodriguez(matrix: Matrix) -> float:
    """Mean of the lower triangle, 2 / (T(T+1)) sum_{i>=j} R[i, j] (Diaz-Rodriguez et al. 2018, arXiv 1810.13166)."""
    full = _checked(matrix)
    return float(full[np.tril_indices(len(full))].mean())


def bwt_gem(matrix: Matrix) -> float | None:
    """1 / (T-1) sum_{i<T} (R[T, i] - R[i, i]) (Lopez-Paz & Ranzato 2017); negative where families were lost."""
    full = _checked(matrix)
    return float((full[-1] - full.diagonal())[:-1].mean()) if len(full) > 1 else None


def bwt_sapt(matrix: Matrix) -> float | None:
    """1 / T sum_{i<=T} (R[T, i] - R[i, i]) (Zhao et al. 2024, SAPT, as in its code): GEM's times (T-1) / T."""
    full = _checked(matrix)
    return float((full[-1] - full.diagonal()).mean()) if len(full) > 1 else None


def bwt_diaz_rodriguez(matrix: Matrix) -> float | None:
    """2 / (T(T-1)) sum_{i>j} (R[i, j] - R[j, j]) (Diaz-Rodriguez et al. 2018): all pairs, not the last row alone."""
    full = _checked(matrix)
    change = full - full.diagonal()
    return float(change[np.tril_indices(len(full), k=-1)].mean()) if len(full) > 1 else None


def forgetting_avalanche(matrix: Matrix) -> float | None:
    """mean_{j<T} (R[j, j] - R[T, j]): first minus last (Avalanche's stream forgetting), that is, -`bwt_gem`."""
    backward = bwt_gem(matrix)
    return None if backward is None else -backward


def forgetting_chaudhry(matrix: Matrix) -> float | None:
    """mean_{j<T} (max_{j<=i<T} R[i, j] - R[T, j]): best before the last, minus last (Chaudhry et al. 2018).

    The published maximum runs over all rows before the last. Here it starts when the family was learned, for losing
    what was never learned is not forgetting; rows above the diagonal are not read. Negative where the last row is the
    best.
    """
    full = _checked(matrix)
    lost = [full[j:-1, j].max() - full[-1, j] for j in range(len(full) - 1)]
    return float(np.mean(lost)) if lost else None


def forgetting_mammoth(matrix: Matrix) -> float | None:
    """mean_{j<T} (max_{j<=i<=T} R[i, j] - R[T, j]): as Chaudhry's, but the last row counts as well (Mammoth's code).

    It is therefore never negative: a family that went on getting better counts 0, and the mean over families is no
    longer balanced by it.
    """
    full = _checked(matrix)
    lost = [full[j:, j].max() - full[-1, j] for j in range(len(full) - 1)]
    return float(np.mean(lost)) if lost else None


def fwt_gem(matrix: Matrix, base: NDArray[np.float64]) -> float | None:
    """1 / (T-1) sum_{i>=2} (R[i-1, i] - b[i]) (Lopez-Paz & Ranzato 2017): gain on a family not yet met.

    b is the stored row of the untrained learner on the same tasks, not a row measured again just before learning,
    which would give about 0 for every learner. `None` where a cell above the diagonal was not measured (NaN). It means
    something for streams in blocks alone (`PhaseMatrix.rule`): elsewhere family i was met before row i-1.

    Raises:
        ValueError: If b has not T finite values.
    """
    full, start = _checked(matrix), np.asarray(base, dtype=np.float64)
    if start.shape != (len(full),) or not np.isfinite(start).all():
        raise ValueError(f"base: {len(full)} finite values are needed, one a family, not {start.tolist()}")
    ahead = full.diagonal(offset=1)
    return float((ahead - start[1:]).mean()) if len(ahead) and np.isfinite(ahead).all() else None


ACCURACIES = (final_accuracy, learning_accuracy, accuracy_row_means, accuracy_diaz_rodriguez)
CHANGES = (bwt_gem, bwt_sapt, bwt_diaz_rodriguez, forgetting_avalanche, forgetting_chaudhry, forgetting_mammoth)


def crosswalk(matrix: Matrix, base: NDArray[np.float64] | None = None) -> dict[str, float | None]:
    """Every formula of this file at one R, by its name here; `fwt_gem` is `None` without a base row.

    For a stream without blocks hand in no base, for there is no forward transfer to be measured.
    """
    found: dict[str, float | None] = {formula.__name__: formula(matrix) for formula in ACCURACIES}
    found |= {formula.__name__: formula(matrix) for formula in CHANGES}
    return found | {fwt_gem.__name__: None if base is None else fwt_gem(matrix, base)}


def _checked(matrix: Matrix) -> Matrix:
    full = np.asarray(matrix, dtype=np.float64)
    if full.ndim != 2 or full.shape[0] != full.shape[1] or not len(full):
        raise ValueError(f"R: a square matrix with at least one family is needed, not one of shape {full.shape}")
    if not np.isfinite(full[np.tril_indices(len(full))]).all():
        raise ValueError("R: every cell on and below the diagonal must be a number; only those above may be unknown")
    return full
