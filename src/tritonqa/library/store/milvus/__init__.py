"""A library in a Milvus: one that many machines share, and that grows with its cluster."""

from tritonqa.library.store.milvus.address import MilvusAddress, is_milvus
from tritonqa.library.store.milvus.store import MilvusStore

__all__ = ["MilvusAddress", "MilvusStore", "is_milvus"]
