"""What is deployed, and how much of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tritonqa.checks import check_fields, flag, instance, number, option, text, whole_number
from tritonqa.errors import InputError
from tritonqa.reader.find import PACKAGED
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.server.options import Serving

TARGETS = ("kubernetes", "kserve", "compose")
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,40}[a-z0-9])?")  # of a DNS label, with room for what is put behind
_QUANTITY = re.compile(r"\d+(\.\d+)?([EPTGMK]i?)?")


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """Names, numbers and sizes of a deployment; models and serving are those of `tritonqa serve`.

    replicas are kept at least, most at the most: more are started where asks wait longer than queue_seconds
    in the mean, fewer run where they don't. The secrets NAME-admin and NAME-web are named, never written.
    """

    name: str = option("tritonqa", "What everything is called.")
    namespace: str | None = option(None, "The Kubernetes namespace; kubectl's own otherwise.")
    image: str = option("tritonqa", "The image of deploy/docker/Dockerfile, as the cluster pulls it.")
    replicas: int = option(2, "Servers at least.")
    most: int = option(10, "Servers at most.", "--max-replicas")
    queue_seconds: float = option(0.1, "Seconds that asks may wait in the mean before servers are added.")
    cpus: int = option(2, "Cores of each server.")
    memory: str = option("2Gi", "Memory of each server.")
    gpus: int = option(0, "GPUs of each server.")
    web: bool = option(False, "The page too, with a library of documents.")
    web_name: str | None = option(None, "The name by which others reach the page, an Ingress's.")
    milvus: bool = option(False, "A Milvus too, for a library in a cluster.")
    storage: str = option("10Gi", "Disk of the page's library, and of Milvus.")
    reader: str = PACKAGED
    models: Models = Models(logits=LogitsOptions())
    serving: Serving = Serving()

    def __post_init__(self) -> None:
        """Raise InputError for values out of range and for what can't be deployed, by name."""
        check_fields(self, text, "name", "namespace", "web_name", "image", "memory", "storage", "reader")
        check_fields(self, whole_number, "replicas", "most", "cpus", least=1)
        check_fields(self, whole_number, "gpus", least=0)
        check_fields(self, number, "queue_seconds", above=0, unit="seconds")
        check_fields(self, flag, "web", "milvus")
        check_fields(self, instance, "models", kind=Models)
        check_fields(self, instance, "serving", kind=Serving)
        self._check_words()
        if self.most < self.replicas:
            raise InputError(f"most must be at least replicas, {self.replicas}, not {self.most}", "most")
        if self.serving.certificate is not None:
            raise InputError(
                "certificate is of this machine; leave it away and let the cluster's gateway encrypt",
                "certificate",
            )

    @property
    def place(self) -> Serving:
        """Where the server listens in its container: at all addresses, unless one was given."""
        return self.serving if self.serving.host != Serving().host else replace(self.serving, host="0.0.0.0")

    @property
    def secret(self) -> str:
        """The name of the Secret whose key `token` opens the admin calls."""
        return f"{self.name}-admin"

    @property
    def serves_image(self) -> bool:
        """Say whether the repository that was built into the image is what is wanted."""
        return self.reader == PACKAGED and self.models == Models(logits=LogitsOptions())

    def _check_words(self) -> None:
        for field in ("name", "namespace"):
            value = getattr(self, field)
            if value is not None and not _NAME.fullmatch(value):
                raise InputError(
                    f"{field} must be small letters, digits and hyphens after a letter, not {value!r:.60}",
                    field,
                )
        for field in ("memory", "storage"):
            if not _QUANTITY.fullmatch(getattr(self, field)):
                raise InputError(
                    f"{field} must be a size such as 2Gi, not {getattr(self, field)!r:.60}", field
                )
        if not self.image or any(letter.isspace() for letter in self.image):
            raise InputError(f"image must name a container image, not {self.image!r:.60}", "image")
