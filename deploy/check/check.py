"""Build the image, and run what `tritonqa deploy` writes in real containers.

    python deploy/check/check.py [--engine docker] [--official] [-- OPTIONS OF build]

needs tritonqa[triton,deploy], and podman with podman-compose, or Docker with its compose. Without --official
the image is built on a stand-in for NVIDIA's, the Dockerfile beside this file. Says what holds, a line each,
ends with 1 at the first that does not, and leaves no container behind.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from containers import Containers
from pod import playable
from running import check_running, check_stopping, holds

from tritonqa.deploy import DeployOptions, deploy
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.server.options import Serving

ROOT = Path(__file__).parents[2]
STAND_IN, IMAGE = "localhost/tritonserver-stand-in", "localhost/tritonqa-check"
SECRET = "of-this-check"
OTHER = Models(logits=LogitsOptions(), cache=True)  # a repository that the image does not hold
CORES = "from tritonqa.engine import cpu; print(cpu.cores())"


@click.command()
@click.option("--engine", type=click.Choice(["podman", "docker"]), default="podman", show_default=True)
@click.option("--official", is_flag=True, help="Build on NVIDIA's image (20 GB), not on a stand-in for it.")
@click.option("--built", is_flag=True, help=f"Take the image {IMAGE} as it is.")
@click.argument("options", nargs=-1)
def main(engine: str, official: bool, built: bool, options: tuple[str, ...]) -> None:
    """Build, run, ask and stop containers; OPTIONS go to the build."""
    containers = Containers(engine, IMAGE)
    if not built:
        if not official:
            containers.build(ROOT, "deploy/check/Dockerfile", STAND_IN, options)
            options += ("--build-arg", f"BASE={STAND_IN}")
        containers.build(ROOT, "deploy/docker/Dockerfile", IMAGE, options)
    seen = containers.run("run", "--rm", "--cpus=1", "--entrypoint=python3", IMAGE, "-c", CORES)
    holds("a quota of one core is one core", seen == "1")
    for models in (DeployOptions().models, OTHER):
        with tempfile.TemporaryDirectory() as name:
            check_compose(containers, Path(name), models)
            if engine == "podman":
                check_pod(containers, Path(name), models)


def check_compose(containers: Containers, folder: Path, models: Models) -> None:
    """Run the server of the Compose file."""
    wanted = described(models)
    click.echo(f"Compose, {'the repository of the image' if wanted.serves_image else 'other models'}:")
    deploy("compose", folder, wanted)
    with composed(containers, folder):
        check_running(containers, wanted.serving, SECRET)
        check_stopping(containers, wanted.serving, lambda: containers.compose(folder, "stop", "reader"))


def check_pod(containers: Containers, folder: Path, models: Models) -> None:
    """Run the Deployment's pod; its Secret is optional, and there is none."""
    wanted = described(models)
    click.echo(
        f"Kubernetes' pod, {'the repository of the image' if wanted.serves_image else 'other models'}:"
    )
    deploy("kubernetes", folder, wanted)
    with playable(folder / "deployment.yaml") as text, played(containers, text):
        check_running(containers, wanted.serving, None)
        check_stopping(
            containers, wanted.serving, lambda: containers.run("stop", "--time=40", containers.server)
        )


def described(models: Models) -> DeployOptions:
    """Describe a deployment at ports that are free now."""
    ports = Serving(http_port=0, grpc_port=0, metrics_port=0).with_ports()
    place = Serving(http_port=ports.http_port, grpc_port=ports.grpc_port, metrics_port=ports.metrics_port)
    return DeployOptions(name="tritonqa-check", image=IMAGE, models=models, serving=place)


@contextmanager
def composed(containers: Containers, folder: Path) -> Iterator[None]:
    """Have the service `reader` up, and nothing left of it."""
    try:
        containers.compose(folder, "up", "--detach", "reader", TRITONQA_ADMIN=SECRET)
        yield
    finally:
        containers.compose(folder, "down", "--volumes")


@contextmanager
def played(containers: Containers, text: str) -> Iterator[None]:
    """Have a pod up, and nothing left of it."""
    before = set(containers.run("volume", "ls", "--quiet").split())
    try:
        containers.run("kube", "play", "-", given=text)
        yield
    finally:
        containers.run("kube", "down", "-", given=text)
        for volume in set(containers.run("volume", "ls", "--quiet").split()) - before:
            containers.run("volume", "rm", volume)


if __name__ == "__main__":
    main()
