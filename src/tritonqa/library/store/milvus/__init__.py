"""A library in a Milvus: one that many machines share, and that grows with its cluster."""

from typing import TYPE_CHECKING

from tritonqa.lazy import lazily
from tritonqa.library.store.milvus.address import MilvusAddress, is_milvus

if TYPE_CHECKING:
    from tritonqa.library.store.milvus.store import MilvusStore
else:
    __getattr__ = lazily(__name__, {"MilvusStore": "store"})

__all__ = ["MilvusAddress", "MilvusStore", "is_milvus"]
