from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tritonqa.checks import check_fields, option, whole_number
from tritonqa.cli.fields import add_options, filled, named_by_option
from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Oven:
    degrees: int = option(180, "How hot.")
    minutes: float | None = option(None, "How long.", "--for")
    mode: str = option("fan", "How it heats.", choices=("fan", "grill"))
    racks: tuple[int, ...] = option((1, 2), "Which are used.")
    light: bool = option(False, "Lit inside.")
    recipe: Path | None = option(None, "Read it from here.")
    hidden: int = 7

    def __post_init__(self) -> None:
        check_fields(self, whole_number, "degrees", least=50)
        if self.minutes is not None and self.minutes < 0:
            raise InputError("minutes must be at least 0", "minutes")


def bake(*arguments: str) -> tuple[Any, click.testing.Result]:
    seen: list[Any] = []

    @click.command()
    @add_options(Oven)
    def command(**given: Any) -> None:
        given["racks"] = tuple(map(int, given["racks"].split(",")))
        with named_by_option(Oven):
            seen.append(filled(Oven, given))
        assert not given

    result = CliRunner().invoke(command, arguments)
    return (seen or [None])[0], result


def test_defaults_and_types_are_those_of_the_fields() -> None:
    assert bake()[0] == Oven()
    arguments = (
        "--degrees",
        "200",
        "--for",
        "1.5",
        "--mode",
        "grill",
        "--racks",
        "3",
        "--light",
        "--recipe",
        "x",
    )
    assert bake(*arguments)[0] == Oven(200, 1.5, "grill", (3,), True, Path("x"))


def test_help_shows_meanings_and_defaults_in_order_and_no_other_field() -> None:
    shown = bake("--help")[1].output
    assert "--degrees INTEGER" in shown and "[default: 180]" in shown and "[fan|grill]" in shown
    assert shown.index("--degrees") < shown.index("--for") < shown.index("--recipe")
    assert "hidden" not in shown and "[default: False]" not in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--for", "-1"), "--for must be at least 0"),
        (("--degrees", "0"), "--degrees must be at least 50, not 0"),
    ],
)
def test_an_error_names_the_option_where_it_has_another_name(
    arguments: tuple[str, ...], message: str
) -> None:
    error = bake(*arguments)[1].exception
    assert isinstance(error, InputError) and str(error) == message
