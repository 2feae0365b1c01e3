"""What TensorBoard shows of a run: one file of events, a point an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from xaifake.errors import OutputError
from xaifake.images import png_of
from xaifake.records import Epoch, Pixels


class Log:
    """Scalars and pictures of a run. TensorFlow writes the file by itself; to look at it takes ``pip install tensorboard``.

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing more is written."""
        self._writer.close()

    def add(self, epoch: Epoch) -> None:
        """Write an epoch's points, at its number.

        Raises:
            OutputError: they cannot be written.
        """
        points = {
            "loss/train": epoch.loss,
            "loss/validation": epoch.validation_loss,
            "AUC/validation": epoch.auc,
            "learning rate": epoch.learning_rate,
        }
        self.write(epoch.number, points)

    def write(self, step: int, points: Mapping[str, float], pictures: Mapping[str, Pixels] | None = None) -> None:
        """Write points and pictures, by their tags.

        Raises:
            OutputError: they cannot be written.
        """
        tf = self._tf
        with self._told(), self._writer.as_default():
            for name, value in points.items():
                tf.summary.write(name, tf.constant(value, tf.float32), step, metadata=self._plugin("scalars"))
            for name, pixels in (pictures or {}).items():
                height, width, _ = pixels.shape
                content = tf.constant([str(width), str(height), png_of(pixels)])
                tf.summary.write(name, content, step, metadata=self._plugin("images"))
            self._writer.flush()

    def _plugin(self, name: str) -> Any:
        """Which of TensorBoard's pages shows it."""
        data = self._tf.compat.v1.SummaryMetadata.PluginData(plugin_name=name)
        return self._tf.compat.v1.SummaryMetadata(plugin_data=data)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What TensorFlow says of files, in one line."""
        try:
            yield
        except self._tf.errors.OpError as error:
            said = error.message.partition("\n")[0]
            raise OutputError(f"TensorBoard's log cannot be written ({said}). Received: {self._folder}") from error
