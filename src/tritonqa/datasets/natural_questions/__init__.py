"""Natural Questions (Kwiatkowski et al. 2019): questions about whole pages, in both formats; predictions."""

from tritonqa.datasets.natural_questions.competition import is_csv, write_csv
from tritonqa.datasets.natural_questions.convert import expand, simplify, title_of
from tritonqa.datasets.natural_questions.lines import Skip
from tritonqa.datasets.natural_questions.page import NOWHERE, Annotation, Candidate, Page, PageSpan
from tritonqa.datasets.natural_questions.parse import is_official, parse, read_pages, read_records
from tritonqa.datasets.natural_questions.prediction import Prediction
from tritonqa.datasets.natural_questions.predictions import read_predictions, write_predictions
from tritonqa.datasets.natural_questions.reading import Reading

__all__ = [
    "NOWHERE",
    "Annotation",
    "Candidate",
    "Page",
    "PageSpan",
    "Prediction",
    "Reading",
    "Skip",
    "expand",
    "is_csv",
    "is_official",
    "parse",
    "read_pages",
    "read_predictions",
    "read_records",
    "simplify",
    "title_of",
    "write_csv",
    "write_predictions",
]
