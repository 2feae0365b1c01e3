"""What goes into MLflow is what the record says, read back from a store by MLflow's own client."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from audits_made import bare_audit, whole_audit
from hand_made import map_of
from synthetic import make_case

from xaifake.audit.audits import save_audit
from xaifake.audit.saving import save_case
from xaifake.errors import CaseError, MissingLibraryError, OutputError, UsageError
from xaifake.interop import mlflow
from xaifake.records import Card, Contract, Epoch

pytestmark = [
    pytest.mark.slow,
    # MLflow's own ways with the SQLAlchemy of the day
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """MLflow's client, set to a store in a folder: making one takes seconds. It tells nobody of its use."""
    with patch.dict(os.environ, MLFLOW_DISABLE_TELEMETRY="true"):  # MLflow tells other processes of its store there
        import mlflow as server

        folder = tmp_path_factory.mktemp("mlflow")
        server.set_tracking_uri(f"sqlite:///{folder}/runs.db")
        server.set_experiment(experiment_id=server.create_experiment("tests", artifact_location=str(folder / "artifacts")))
        yield server.MlflowClient()
        server.set_tracking_uri(None)


@pytest.fixture
def client(store: Any) -> Iterator[Any]:
    """The same, of which no run is active before or after."""
    import mlflow as server

    yield store
    server.end_run()


def artifacts(client: Any, run: str, folder: str | None = None) -> set[str]:
    return {one.path for one in client.list_artifacts(run, folder)}


def test_a_case_is_logged(client: Any) -> None:
    """Score, contract, options, model and versions are read back, and the artifacts are the saved case and its report."""
    case = make_case()
    data = client.get_run(run := mlflow.log(case)).data

    assert data.metrics == {"astronaut/score": pytest.approx(case.prediction.p_fake), "astronaut/logit": 1.6}
    assert data.params["contract.range"] == "(-1.0, 1.0)"
    assert data.params["astronaut/shap"] == "{'calls': 1000}"
    assert data.tags["xaifake.model_sha256"] == case.detector.sha256
    assert data.tags["version.keras"] == "3.15.1"
    assert artifacts(client, run, "astronaut") == {f"astronaut/astronaut.{ending}" for ending in ("html", "json", "npz")}


def test_cases_of_one_detector_share_a_run(client: Any, picture: Path, tmp_path: Path) -> None:
    """A second case, by its JSON's path, goes into the active run beside the first; another detector's is refused."""
    from xaifake.images import read_picture

    first = mlflow.log(make_case())
    saved = save_case(make_case(path=picture, sha256=read_picture(picture).sha256, logit=-0.5), tmp_path)

    assert mlflow.log(saved) == mlflow.log(str(saved)) == first
    assert client.get_run(first).data.metrics["face/logit"] == -0.5
    with pytest.raises(OutputError, match=r"MLflow does not take it \(.*give each detector a run of its own.*sqlite"):
        mlflow.log(make_case(threshold=0.9))


def test_an_audit_is_logged(client: Any, tmp_path: Path) -> None:
    """Rates with the ends of their intervals, counts, stages' options and the folder's files for people are read back."""
    audit = whole_audit()
    (tmp_path / "audit" / "cases").mkdir(parents=True)
    save_audit(audit, tmp_path / "audit")
    for name in ("audit.html", "rows.csv", "cases/a.html", "scores.npy"):
        (tmp_path / "audit" / name).write_text(name)

    data = client.get_run(run := mlflow.log(tmp_path / "audit")).data

    auc = audit.performance.rates["auc"]
    assert [data.metrics[name] for name in ("auc", "auc_low", "auc_high")] == pytest.approx([auc.value, auc.low, auc.high])
    assert (data.metrics["pictures"], data.metrics["errors"]) == (366, 6)
    assert data.params["cases/calls"] == "600"
    assert data.tags["xaifake.data_sha256"] == audit.data.sha256
    assert artifacts(client, run, "audit") == {f"audit/{name}" for name in ("audit.html", "audit.json", "rows.csv", "cases")}
    assert artifacts(client, run, "audit/cases") == {"audit/cases/a.html"}


def test_an_audit_without_labels_has_counts_alone(client: Any) -> None:
    """No error rate is made up."""
    assert client.get_run(mlflow.log(bare_audit())).data.metrics == {"pictures": 366, "errors": 0}


def test_a_training_run_is_logged_epoch_by_epoch(client: Any) -> None:
    """Losses stand at their epochs, and the rates of the kept weights at the epoch that was kept."""
    epochs = tuple(Epoch(at, "all", 1e-3, 1 / at, 2 / at, 0.5 + at / 10) for at in (1, 2, 3))
    performance = {"test": whole_audit().performance}
    card = Card("cnn", "CNN", "ab" * 32, Contract((64, 64)), 10, epochs=epochs, chosen=2, performance=performance)

    run = mlflow.log(card)

    assert [(one.step, one.value) for one in client.get_metric_history(run, "loss")] == [(1, 1), (2, 0.5), (3, 1 / 3)]
    (auc,) = client.get_metric_history(run, "test/auc")
    assert (auc.step, auc.value) == (2, pytest.approx(performance["test"].rates["auc"].value))
    assert artifacts(client, run) == {"card.json"}


def test_what_is_nothing_of_ours_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other objects, empty folders and a missing MLflow are refused in a sentence."""
    with pytest.raises(UsageError, match="Received: Attribution"):
        mlflow.log(map_of("shap", make_case().attributions["shap"].values))
    with pytest.raises(CaseError, match="An audit is the folder"):
        mlflow.log(tmp_path)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'xaifake\[mlflow\]'"):
        mlflow.log(make_case())
