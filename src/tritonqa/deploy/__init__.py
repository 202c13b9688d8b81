"""Files that run the server elsewhere, from the dataclasses of `serve`: Kubernetes, KServe, Compose."""

from tritonqa.deploy.options import DeployOptions
from tritonqa.deploy.write import deploy

__all__ = ["DeployOptions", "deploy"]
