"""A case, an audit or a training run into MLflow, in one line: ``mlflow.log("audit")``.

>>> from xaifake.interop import mlflow                                              # doctest: +SKIP
>>> mlflow.log(case)                                                                # doctest: +SKIP

What MLflow is given: numbers as metrics, each with the ends of its interval; the contract and what was asked as parameters;
model, its SHA-256 and versions as tags; reports and records as artifacts. Everything goes into the active run, or into a new
one where none is active, on whatever tracking server MLflow is set to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from xaifake.audit.folder import AuditFolder
from xaifake.audit.saving import case_bytes, case_names, load_case
from xaifake.audit_schema import audit_bytes, record_bytes
from xaifake.errors import MissingLibraryError, OutputError, UsageError, in_one_line
from xaifake.records import Audit, Card, Case, Contract, Interval, ModelFile, Performance
from xaifake.report.document import page_bytes
from xaifake.report.html import render


@dataclass(frozen=True)
class Entry:
    """What goes into a run: ``metrics`` by step, and ``files`` by their names among the artifacts."""

    metrics: Mapping[int, Mapping[str, float]]
    params: Mapping[str, Any]
    tags: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)


def log(what: Case | Audit | Card | str | Path) -> str:
    """Log into the active run of MLflow.

    Args:
        what: a case, or the path of its JSON; the folder of an audit, with its report and rows, or its record alone; the
            card of a training run. Metrics and files of a case bear its picture's name, so many cases go into one run.

    Returns:
        The run's id.

    Raises:
        MissingLibraryError: MLflow is not installed.
        UsageError: it is none of these.
        CaseError: a path where no case or audit lies.
        OutputError: MLflow refuses it: the run holds another detector's parameters, or its server cannot be reached.
    """
    mlflow, entry = _mlflow(), entry_of(what)
    with _refusals(mlflow), tempfile.TemporaryDirectory() as folder:
        for name, content in entry.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        run = mlflow.active_run() or mlflow.start_run()
        for step, metrics in entry.metrics.items():
            mlflow.log_metrics(dict(metrics), step=step)
        mlflow.log_params({name: str(value) for name, value in entry.params.items()})
        mlflow.set_tags(dict(entry.tags))
        mlflow.log_artifacts(folder)
        return str(run.info.run_id)


def entry_of(what: Case | Audit | Card | str | Path) -> Entry:
    """What of it goes into a run.

    Raises:
        UsageError: it is none of what `log` takes.
        CaseError: a path where no case or audit lies.
    """
    if isinstance(what, Case):
        return _of_case(what)
    if isinstance(what, Audit):
        return _of_audit(what, {"audit/audit.json": audit_bytes(what)})
    if isinstance(what, Card):
        return _of_card(what)
    if not isinstance(what, str | Path):
        raise UsageError(
            f"MLflow is given a case, an audit, a card, an audit's folder or a case's JSON. Received: {type(what).__name__}"
        )
    if Path(what).is_file():
        return _of_case(load_case(what))
    folder = AuditFolder(str(what))
    return _of_audit(folder.audit, {f"audit/{name}": content for name, content in _files(folder)})


def _of_case(case: Case) -> Entry:
    (name,) = case_names([case.picture.source])
    record, arrays = case_bytes(case)
    files = {"json": record, "npz": arrays, "html": page_bytes(render(case))}
    return Entry(
        metrics={0: {f"{name}/score": case.prediction.p_fake, f"{name}/logit": case.prediction.logit}},
        params={
            **_contract(case.contract),
            "seed": case.seed,
            **{f"{name}/{method}": dict(each.options) for method, each in case.attributions.items()},
        },
        tags={**_model(case.detector, case.versions), "xaifake.runtime": case.runtime},
        files={f"{name}/{name}.{ending}": content for ending, content in files.items()},
    )


def _of_audit(audit: Audit, files: Mapping[str, bytes]) -> Entry:
    counts = {"pictures": float(audit.data.pictures), "errors": float(sum(audit.errors.values()))}
    return Entry(
        metrics={0: {**counts, **(_rates(audit.performance) if audit.performance else {})}},
        params={
            **_contract(audit.contract),
            "data": audit.data.name,
            "seed": audit.seed,
            **{f"{run.name}/{option}": value for run in audit.stages for option, value in run.options.items()},
        },
        tags={
            **_model(audit.detector, audit.versions),
            "xaifake.runtime": audit.runtime,
            "xaifake.data_sha256": audit.data.sha256,
        },
        files=files,
    )


def _of_card(card: Card) -> Entry:
    final = {f"{part}/{name}": value for part, each in card.performance.items() for name, value in _rates(each).items()}
    steps = {
        epoch.number: {"loss": epoch.loss, "validation_loss": epoch.validation_loss, "validation_auc": epoch.auc}
        for epoch in card.epochs
    }
    asked = {name: getattr(card, name) for name in ("recipe", "data", "augmentation", "batch", "precision", "seed")}
    told = {"xaifake.model_sha256": card.sha256, "xaifake.data_sha256": card.data_sha256}
    return Entry(
        metrics={**steps, card.chosen: {**steps.get(card.chosen, {}), **final}},
        params={**_contract(card.contract), **asked},
        tags={**told, **_versions(card.versions)},
        files={"card.json": record_bytes(asdict(card))},
    )


def _rates(performance: Performance) -> dict[str, float]:
    """Each rate, and the ends of its interval."""
    return {name: value for rate, each in performance.rates.items() for name, value in _ends(rate, each).items()}


def _ends(name: str, interval: Interval) -> dict[str, float]:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _contract(contract: Contract) -> dict[str, Any]:
    return {f"contract.{name}": value for name, value in asdict(contract).items()}


def _model(file: ModelFile, versions: Mapping[str, Any]) -> dict[str, str]:
    return {"xaifake.model": file.path, "xaifake.model_sha256": file.sha256, **_versions(versions)}


def _versions(versions: Mapping[str, Any]) -> dict[str, str]:
    return {f"version.{package}": str(version) for package, version in versions.items()}


def _files(folder: AuditFolder) -> Iterator[tuple[str, bytes]]:
    """The record, the rows, and the report with its pages: what of an audit's folder is for people."""
    for name in (*folder.store.names("."), *folder.store.names("cases")):
        if name.endswith((".html", ".json", ".csv", ".parquet")) and (content := folder.store.read(name)) is not None:
            yield name.removeprefix("./"), content


@contextmanager
def _refusals(mlflow: Any) -> Iterator[None]:
    """Turn what MLflow refuses into one sentence."""
    try:
        yield
    except mlflow.exceptions.MlflowException as error:
        raise OutputError(
            f"MLflow does not take it ({in_one_line(error)}); give each detector a run of its own, and see where "
            f"MLFLOW_TRACKING_URI leads. Received: {mlflow.get_tracking_uri()}"
        ) from error


def _mlflow() -> Any:
    try:
        import mlflow
    except ImportError as error:
        raise MissingLibraryError("Logging needs MLflow: pip install 'xaifake[mlflow]'. Received: none installed") from error
    return mlflow
