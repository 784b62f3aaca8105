"""The report is read from the same made store as the dashboards."""

from tests.dashboards.conftest import empty_store, store, store_folder

__all__ = ["empty_store", "store", "store_folder"]
