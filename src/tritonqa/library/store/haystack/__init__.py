"""A library over a document store of Haystack's: ours, or what another pipeline has put there."""

from typing import TYPE_CHECKING

from tritonqa.lazy import lazily
from tritonqa.library.store.haystack.place import HaystackPlace, is_haystack

if TYPE_CHECKING:
    from tritonqa.library.store.haystack.store import HaystackStore
else:
    __getattr__ = lazily(__name__, {"HaystackStore": "store"})

__all__ = ["HaystackPlace", "HaystackStore", "is_haystack"]
