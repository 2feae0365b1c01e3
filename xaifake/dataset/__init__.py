"""Pictures with labels, however they are kept: every kind of data set becomes one manifest of entries."""

from xaifake.dataset.addresses import read_bytes
from xaifake.dataset.duplicates import Duplicates, duplicates_of
from xaifake.dataset.fingerprints import fingerprint
from xaifake.dataset.keeping import keep_dataset
from xaifake.dataset.labels import label_of
from xaifake.dataset.listing import listed
from xaifake.dataset.making import read_manifest
from xaifake.dataset.manifest import Manifest
from xaifake.dataset.pictures import read_entry, read_uri, shown_name
from xaifake.dataset.reading import Reading, add_data_arguments, reading_of

__all__ = [
    "Duplicates",
    "Manifest",
    "Reading",
    "add_data_arguments",
    "duplicates_of",
    "fingerprint",
    "keep_dataset",
    "label_of",
    "listed",
    "read_bytes",
    "read_entry",
    "read_manifest",
    "read_uri",
    "reading_of",
    "shown_name",
]
