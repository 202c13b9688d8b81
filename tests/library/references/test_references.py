from __future__ import annotations

import pytest

from tests.library.references.samples import answers
from tritonqa.errors import InputError
from tritonqa.library.references import references


def test_another_form_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="form 'ris' is unknown; choose one of markdown, csl, bibtex"):
        references(answers(), "ris")
