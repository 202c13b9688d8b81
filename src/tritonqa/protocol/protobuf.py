"""Triton's published protobuf messages and gRPC: the only module that imports tritonclient."""

from __future__ import annotations

from tritonqa.errors import MissingExtra

try:
    import grpc
    from google.protobuf import json_format, text_format
    from tritonclient.grpc import model_config_pb2, service_pb2, service_pb2_grpc
except ImportError as error:
    raise MissingExtra("tritonclient", "triton") from error

__all__ = ["grpc", "json_format", "model_config_pb2", "service_pb2", "service_pb2_grpc", "text_format"]
