"""What TensorBoard shows of a run: one file of events, a point an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from xaifake.errors import OutputError
from xaifake.records import Epoch


class Log:
    """Scalars of a run. TensorFlow writes the file by itself; to look at it takes ``pip install tensorboard``.

    Args:
        folder: of this run; TensorBoard, pointed at the folder above, shows runs beside one another by their folders' names.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        import tensorflow as tf

        self._tf = tf
        self._folder = folder
        with self._told():
            self._writer = tf.summary.create_file_writer(str(folder))
        scalars = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        self._scalar = tf.compat.v1.SummaryMetadata(plugin_data=scalars)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()

    def add(self, epoch: Epoch) -> None:
        """Write an epoch's points, at its number.

        Raises:
            OutputError: they cannot be written.
        """
        points: dict[str, Any] = {
            "loss/train": epoch.loss,
            "loss/validation": epoch.validation_loss,
            "AUC/validation": epoch.auc,
            "learning rate": epoch.learning_rate,
        }
        with self._told(), self._writer.as_default():
            for name, value in points.items():
                self._tf.summary.write(name, self._tf.constant(value, "float32"), epoch.number, metadata=self._scalar)
            self._writer.flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What TensorFlow says of files, in one line."""
        try:
            yield
        except self._tf.errors.OpError as error:
            said = error.message.partition("\n")[0]
            raise OutputError(f"TensorBoard's log cannot be written ({said}). Received: {self._folder}") from error
