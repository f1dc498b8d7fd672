"""The mirror of DVC's state in MLflow. Nothing is needed from it: what it shows is made from `dvc.lock` and files.

This package is the only place that imports mlflow, and it does so only when there is something to write.
"""

from clpipe.tracking.publication import Published, publish

__all__ = ["Published", "publish"]
