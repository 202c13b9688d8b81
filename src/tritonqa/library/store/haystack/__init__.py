"""A library over a document store of Haystack's: ours, or what another pipeline has put there."""

from tritonqa.library.store.haystack.place import HaystackPlace, is_haystack
from tritonqa.library.store.haystack.store import HaystackStore

__all__ = ["HaystackPlace", "HaystackStore", "is_haystack"]
