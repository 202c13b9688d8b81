"""Options → KServe's objects: how the server runs, and a service of it."""

from __future__ import annotations

from tritonqa.deploy.milvus import milvus
from tritonqa.deploy.options import DeployOptions
from tritonqa.deploy.pod import Record, container, ending, metadata, unprivileged, volumes
from tritonqa.errors import InputError

FORMAT = {"name": "tritonqa", "version": "1"}


def kserve(options: DeployOptions) -> dict[str, list[Record]]:
    """Describe all objects, by the name of the file that holds them.

    Raises InputError for models other than those of the image: KServe runs its own first containers alone.
    """
    if not options.serves_image:
        raise InputError(
            "KServe serves the image's own repository; build an image with these models, or deploy kubernetes"
        )
    if options.web:
        raise InputError("web needs the Service of kubernetes; deploy that, or leave --web away", "web")
    found = {"runtime": [runtime(options)], "service": [inference_service(options)]}
    if options.milvus:
        found["milvus"] = milvus(options)
    return found


def runtime(options: DeployOptions) -> Record:
    """Describe a ServingRuntime that speaks KServe's protocol v2."""
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": metadata(options),
        "spec": {
            "supportedModelFormats": [{**FORMAT, "autoSelect": False}],
            "protocolVersions": ["v2", "grpc-v2"],
            "containers": [container(options, "kserve-container")],
            "volumes": volumes(options),
        },
    }


def inference_service(options: DeployOptions) -> Record:
    """Describe an InferenceService on that runtime; KServe's own autoscaler looks at the cores."""
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            **metadata(options),
            "annotations": {"serving.kserve.io/deploymentMode": "RawDeployment"},
        },
        "spec": {
            "predictor": {
                "minReplicas": options.replicas,
                "maxReplicas": options.most,
                "scaleMetric": "cpu",
                "scaleTarget": 80,
                "terminationGracePeriodSeconds": ending(options),
                "automountServiceAccountToken": False,
                "securityContext": unprivileged(),
                "model": {"modelFormat": FORMAT, "protocolVersion": "v2", "runtime": options.name},
            }
        },
    }
