from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import IO

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.text import Ask


def byte_tokenizer() -> Tokenizer:
    """Build a tokenizer of bytes: every script has tokens, and characters of several tokens."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {letter: i + 2 for i, letter in enumerate(letters)} | {"<s>": 0, "</s>": 1}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.normalizer = normalizers.Sequence([])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s>:0 $A:0 </s>:0 $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return tokenizer


def windows(passage: str) -> tuple[Window, ...]:
    """Cut a passage into many small windows, a token a byte."""
    tokenizer = byte_tokenizer()
    sizes = Windowing(max_length=24, stride=2, max_question=4)
    return prepare(Ask.of("q", passage), TextTokenizer(tokenizer), Template.of(tokenizer), sizes).windows


ENGINES = [
    name for name, library in (("openvino", "openvino"), ("onnx", "onnxruntime")) if find_spec(library)
]


def tritonqa(*arguments: str, before: str = "") -> list[str]:
    """Return the command line that runs tritonqa in a process of its own, after some Python."""
    code = f"{before}\nfrom tritonqa.cli.main import main; main()"
    return [sys.executable, "-c", code, *arguments]


def on_terminal(
    command: list[str], stdout: int | IO[str] = subprocess.DEVNULL, env: Mapping[str, str] = os.environ
) -> str:
    """Run a command whose stderr is a terminal, and return what that showed."""
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen(command, stdout=stdout, stderr=slave, env={**env, "TERM": "xterm"}) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        assert process.wait(60) == 0
    os.close(master)
    return shown.decode("utf-8")
