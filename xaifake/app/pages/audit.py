"""A data set audited: error rates, drives, shortcuts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from xaifake.app import audits, datasets, examples
from xaifake.app.downloads import packed
from xaifake.app.pages.asking import WIDTH, detector_of
from xaifake.app.pages.following import begun, followed, found
from xaifake.app.pages.sending import KINDS
from xaifake.app.pages.showing import framed
from xaifake.app.pages.telling import headed, note, status
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.report.words import words

JOB = "auditing"
SAMPLE, MOST = 6, 40
"""Pictures that are explained whole: how many without asking, and at most."""
LARGEST = 12_000_000
"""Bytes of a report that is shown in the page."""


def page(session: Session, settings: Settings) -> None:
    """Ask for a data set, audit it in a process of its own, and show the report."""
    say = words().app.audit
    headed(say.title, say.lede)
    note(say.labels(entries=settings.max_entries, megabytes=settings.max_archive_mb))
    with st.container(width=WIDTH):
        given = _given(session, settings)
        title = detector_of(settings)
        sample = st.number_input(say.sample, 0, MOST, SAMPLE)
        with st.container(horizontal=True):
            begin = st.button(say.begin, type="primary", disabled=given is None)
            example = st.button(say.examples(count=2 * examples.PAIRS))
    data = functools.partial(examples.labelled, session) if example else given
    if data is not None and (begin or example):
        with st.spinner(say.preparing):
            begun(JOB, lambda: audits.begin(session, settings, title, data(), sample=sample))
    if job := found(JOB):
        followed(job)
        for folder in job.outcomes:
            _show(folder)
    status()


def _given(session: Session, settings: Settings) -> Callable[[], Path] | None:
    """What writes the pictures that were sent into a folder, if any were."""
    say = words().app.audit
    kinds = {"zip": say.zip, "folder": say.folder}
    kind = st.segmented_control(say.kind, list(kinds), default="zip", required=True, format_func=kinds.__getitem__)
    if kind == "zip":
        archive = st.file_uploader(say.archive, "zip", max_upload_size=settings.max_archive_mb)
        return functools.partial(datasets.unpacked, session, archive, settings) if archive else None
    files = st.file_uploader(say.pictures, KINDS, accept_multiple_files="directory", max_upload_size=settings.max_upload_mb)
    return functools.partial(datasets.folder, session, files, settings) if files else None


def _show(folder: Path) -> None:
    """The report with the files that belong to it."""
    say, report = words().app.audit, folder / audits.REPORT
    with st.container(horizontal=True):
        st.download_button(say.all, functools.partial(_packed, folder), "audit.zip", "application/zip", on_click="ignore")
        st.download_button(say.report, report.read_bytes, "audit.html", "text/html", on_click="ignore")
    note(say.links)
    if report.stat().st_size > LARGEST:
        st.markdown(say.large(megabytes=report.stat().st_size // 10**6))
    else:
        framed(report.read_text("utf-8"), say.frame)


def _packed(folder: Path) -> bytes:
    """All that the audit wrote but what it would need to go on."""
    return packed(folder, (path for path in folder.rglob("*") if path.is_file() and "work" not in path.parts))
