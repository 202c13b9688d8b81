from __future__ import annotations

import codecs
import csv
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.datasets import load_squad
from tritonqa.errors import InputError
from tritonqa.evaluate.scores import score


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not valid JSON"), ('{"data": [{}]}', "field 'paragraphs'"), ('{"data": []}', "no questions")],
)
def test_a_bad_file_names_the_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_squad(path)


ROW = {"id": "q1", "title": "t", "question": "Who?", "context": "Ada\u2028Grace", "answers": []}


def _write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_lines_end_where_json_says(tmp_path: Path) -> None:
    line = json.dumps(ROW, ensure_ascii=False)
    (example,) = load_squad(str(_write(tmp_path / "a.jsonl", "\ufeff" + line))).examples
    assert example.context == ROW["context"]
    with pytest.raises(InputError, match="line 2, column"):
        load_squad(_write(tmp_path / "b.jsonl", line, "{"))


def test_columns_of_answers(tmp_path: Path) -> None:
    row = {**ROW, "answers": {"text": ["Ada"], "answer_start": [0]}}
    (example,) = load_squad(_write(tmp_path / "a.jsonl", json.dumps(row))).examples
    assert (example.answers, example.starts) == (("Ada",), (0,))


def test_answers_that_are_texts_alone(tmp_path: Path) -> None:
    (example,) = load_squad(_write(tmp_path / "a.jsonl", json.dumps({**ROW, "answers": ["Ada"]}))).examples
    assert (example.answers, example.starts) == (("Ada",), (-1,))


def test_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="question q1: 2 questions have this id"):
        load_squad(_write(tmp_path / "a.jsonl", json.dumps(ROW), json.dumps(ROW)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": [1]}, "field id must be text"),
        ({"question": 3}, "question q1: field question must be text"),
        ({"context": None}, "question q1: field context must be text"),
        ({"answers": [{"text": 3}]}, "question q1: field text must be text"),
        ({"answers": [{"text": "Ada", "answer_start": "x"}]}, "q1: field answer_start must be a whole"),
    ],
)
def test_a_bad_row_names_its_question(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_squad(_write(tmp_path / "a.jsonl", json.dumps({**ROW, **change})))


def test_deep_nesting_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nested too deep|not valid JSON"):
        load_squad(_write(tmp_path / "a.json", "[" * 100_000))


CONTEXT = "Ada was born in London, as was Grace."
PLAIN = {"id": "q1", "question": "Who?", "context": CONTEXT}
GOLD = {"text": ["Ada"], "answer_start": [0]}
PARAGRAPH = {
    "context": CONTEXT,
    "qas": [{"id": "q1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}]}],
}
MRQA = {
    "context": CONTEXT,
    "qas": [
        {
            "qid": "q1",
            "question": "Who?",
            "answers": ["Ada"],
            "detected_answers": [{"text": "Ada", "char_spans": [[0, 2]]}],
        }
    ],
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("squad.json", json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": [PARAGRAPH]}]})),
        ("lines-under-json.json", json.dumps({**PLAIN, "answers": GOLD})),
        ("two.ndjson", json.dumps({**PLAIN, "answers": GOLD}) + "\n"),
        ("flat-array.json", json.dumps([{**PLAIN, "answers": GOLD}])),
        ("data-of-rows.json", json.dumps({"data": [{**PLAIN, "answers": GOLD}]})),
        ("contexts.json", json.dumps([PARAGRAPH])),
        ("contexts.jsonl", json.dumps(PARAGRAPH)),
        ("mrqa.jsonl", json.dumps({"header": {"dataset": "x"}}) + "\n" + json.dumps(MRQA)),
        ("table.csv", f'id,question,context,answer,answer_start\nq1,Who?,"{CONTEXT}",Ada,0\n'),
        ("semicolons.csv", f'id;question;context;answer;answer_start\nq1;Who?;"{CONTEXT}";Ada;0\n'),
        ("table.tsv", f"id\tquestion\tcontext\tanswers\nq1\tWho?\t{CONTEXT}\t" + str(GOLD) + "\n"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_dialects(tmp_path: Path, name: str, text: str, packed: bool) -> None:
    path = tmp_path / (name + ".gz" if packed else name)
    raw = codecs.BOM_UTF8 + text.encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    (example,) = load_squad(path).examples
    assert (example.id, example.question, example.context) == ("q1", "Who?", CONTEXT)
    assert (example.answers, example.starts) == (("Ada",), (0,))


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"text": ["a", "b"], "answer_start": [0]}, "answers has 2 texts and 1 answer_start"),
        ({"answer_start": [0]}, "field text of answers is missing"),
        (7, "field answers must be a list"),
        ([["Ada"]], "must hold texts or"),
        ([{"answer_start": 0}], "field text of answers is missing"),
        ([{"text": "Ada", "answer_start": True}], "answer_start must be a whole number"),
        ([{"text": "Ada", "answer_start": 1.5}], "answer_start must be a whole number"),
    ],
)
def test_gold_that_is_not_clear_names_line_and_field(tmp_path: Path, answers: object, message: str) -> None:
    good = json.dumps({**PLAIN, "answers": GOLD})
    path = _write(tmp_path / "a.jsonl", good, json.dumps({**PLAIN, "id": "q2", "answers": answers}))
    with pytest.raises(InputError, match=f"line 2, question q2: .*{message}"):
        load_squad(path)


def test_of_mrqa_places_count_and_all_answers_are_right(tmp_path: Path) -> None:
    question = {
        "id": "one of its own",
        "qid": "q1",
        "question": "Who?",
        "answers": ["Ada Lovelace", "ada"],
        "detected_answers": [{"text": "ada", "char_spans": [[0, 2]]}],
    }
    dataset = load_squad(_write(tmp_path / "a.jsonl", json.dumps({"context": CONTEXT, "qas": [question]})))
    (example,) = dataset.examples
    assert (example.id, example.answers, example.starts) == ("q1", ("Ada",), (0,))
    assert score(dataset, {"q1": "ada lovelace"}) == {"exact_match": 100.0, "f1": 100.0}


@pytest.mark.parametrize(
    ("version", "scored"), [("v2.0", "2.0"), ("2.0", "2.0"), ("KorQuAD_v2.0_dev", "1.1"), ("1.2.0", "1.1")]
)
def test_versions(tmp_path: Path, version: str, scored: str) -> None:
    data = [{"title": "t", "paragraphs": [PARAGRAPH]}]
    (tmp_path / "a.json").write_text(json.dumps({"version": version, "data": data}), encoding="utf-8")
    assert load_squad(tmp_path / "a.json").version == scored


def test_is_impossible_must_be_a_truth(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", json.dumps({**PLAIN, "answers": [], "is_impossible": "perhaps"}))
    with pytest.raises(InputError, match="field is_impossible must be true or false, not 'perhaps'"):
        load_squad(path)


def test_numeric_ids_and_no_title(tmp_path: Path) -> None:
    rows = [{**PLAIN, "id": number, "answers": GOLD} for number in (7, 8)]
    dataset = load_squad(_write(tmp_path / "a.json", json.dumps(rows)))
    assert [(example.id, example.title) for example in dataset.examples] == [("7", ""), ("8", "")]


def test_a_file_says_its_version(tmp_path: Path) -> None:
    file = {"version": "v2.0", "data": [{"title": "t", "paragraphs": [PARAGRAPH]}]}
    assert load_squad(_write(tmp_path / "a.json", json.dumps(file))).version == "2.0"


def test_without_gold(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.jsonl", json.dumps(PLAIN))
    assert load_squad(path, gold=False).examples[0].answers == ()
    with pytest.raises(InputError, match="line 1, question q1: field 'answers' is missing"):
        load_squad(path)


def test_a_short_line_of_a_table_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", "id,question,context,answer", "q1,Who?,Ada")
    with pytest.raises(InputError, match="line 2: 4 columns are named"):
        load_squad(path)


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), min_size=1, max_size=5)
)
def test_tables_keep_every_character(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str]]
) -> None:
    path = tmp_path_factory.mktemp("tables") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(["question", "context", "answer"])
        writer.writerows([["Who?", text, ""] for (text,) in cells])
    assert [example.context for example in load_squad(path).examples] == [text for (text,) in cells]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "data",
                        "paragraphs",
                        "qas",
                        "context",
                        "question",
                        "answers",
                        "text",
                        "answer_start",
                        "id",
                        "is_impossible",
                    ]
                ),
                x,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    try:
        assert load_squad(path).examples
    except InputError as error:
        assert str(path) in str(error)


def test_questions_to_a_library_need_no_contexts(tmp_path: Path) -> None:
    file = tmp_path / "NQ-open.jsonl"
    rows = [
        {"question": "Who wrote it?", "answer": ["Ada", "Ada Lovelace"]},
        {"question": "When?", "answer": []},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    first, second = load_squad(file, contexts=False).examples
    assert (first.question, first.context, first.answers) == ("Who wrote it?", "", ("Ada", "Ada Lovelace"))
    assert second.answers == ()
    with pytest.raises(InputError, match="line 1, question 1: field 'context' is missing"):
        load_squad(file)
    file.write_text('{"question": "Who?", "answer": [], "context": 3}\n', encoding="utf-8")
    with pytest.raises(InputError, match="field context must be text, not 3"):
        load_squad(file, contexts=False)
