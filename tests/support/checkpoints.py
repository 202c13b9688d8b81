"""Tiny random checkpoints of each architecture, with a small real tokenizer of the kind it comes with."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SIZE = 600
SAMPLE = Path(__file__).parent.parent / "data" / "squad-heldout-sample.json.gz"
SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    "initializer_range": 0.4,
}
ROBERTA = {**SMALL, "max_position_embeddings": 130, "type_vocab_size": 1, "pad_token_id": 1}
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("wordpiece", {**SMALL, "type_vocab_size": 2}),
    "distilbert": (
        "wordpiece",
        {
            "dim": 32, "hidden_dim": 64, "n_layers": 2, "n_heads": 4, "max_position_embeddings": 128,
            "initializer_range": 0.4,
        },
    ),
    "electra": ("wordpiece", {**SMALL, "embedding_size": 16, "type_vocab_size": 2}),
    "mpnet": ("mpnet", {**SMALL, "max_position_embeddings": 130, "pad_token_id": 1}),
    "roberta": ("bpe", ROBERTA),
    "bert+xlm-roberta": ("xlm-roberta", {**SMALL, "type_vocab_size": 2, "pad_token_id": 1}),  # as e5 has it
    "modernbert": (
        "modernbert",
        {
            **SMALL, "local_attention": 32, "global_attn_every_n_layers": 2,
            "cls_token_id": 1, "sep_token_id": 2, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 3,
        },
    ),
    "bart": (
        "bpe",
        {
            "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
            "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64,
            "max_position_embeddings": 128, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2,
            "decoder_start_token_id": 2,
        },
    ),
    "mobilebert": (
        "wordpiece",
        {
            **SMALL, "initializer_range": 0.1, "embedding_size": 16, "type_vocab_size": 2,
            "intra_bottleneck_size": 16, "num_feedforward_networks": 2,
        },
    ),
    "xlm-roberta": ("xlm-roberta", ROBERTA),
    "albert": ("albert", {**SMALL, "embedding_size": 16, "type_vocab_size": 2}),
    "deberta-v2": (
        "deberta-v2",
        {
            **SMALL, "type_vocab_size": 0, "relative_attention": True, "position_buckets": 16,
            "pos_att_type": ["p2c", "c2p"], "norm_rel_ebd": "layer_norm", "share_att_key": True,
            "position_biased_input": False,
        },
    ),
}  # fmt: skip


def corpus() -> list[str]:
    """Read the contexts of the test data."""
    with gzip.open(SAMPLE, "rt", encoding="utf-8") as stream:
        data = json.load(stream)["data"]
    texts = [paragraph["context"] for article in data for paragraph in article["paragraphs"]]
    return [*texts, "東京は日本の首都です。", "👩‍👩‍👧‍👦 e\u0301te\u0301 👍🏽"]


def make(architecture: str, folder: Path) -> Path:
    """Write a checkpoint with random weights (seeded)."""
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    kind, shape = SHAPES[architecture]
    folder.mkdir(parents=True)
    size = TOKENIZERS[kind](folder)
    torch.manual_seed(0)
    config = AutoConfig.for_model(architecture.partition("+")[0], vocab_size=size, **shape)
    model: Any = AutoModelForQuestionAnswering.from_config(config)
    model.save_pretrained(folder)
    return folder


def with_answer_types(checkpoint: Path, folder: Path) -> Path:
    """Copy a checkpoint, and give it an answer-type head of random weights (seeded)."""
    import torch
    from safetensors.torch import load_file, save_file

    shutil.copytree(checkpoint, folder)
    weights = load_file(folder / "model.safetensors")
    hidden = weights["qa_outputs.weight"].shape[1]
    torch.manual_seed(0)
    head = {"answer_type.weight": torch.randn(5, hidden), "answer_type.bias": torch.randn(5)}
    save_file(weights | head, folder / "model.safetensors", {"format": "pt"})
    return folder


def _wordpiece(
    folder: Path, special: tuple[str, ...] = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
) -> int:
    """Leave vocab.txt alone, as a slow tokenizer keeps it: letters, then the pieces that save most.

    The library's own trainer breaks ties otherwise in every process.
    """
    split, normalise = pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer()
    texts = map(normalise.normalize_str, corpus())
    counts = Counter(word for text in texts for word, _ in split.pre_tokenize_str(text))
    letters = sorted({letter for word in counts for letter in word})
    saved: Counter[str] = Counter()
    for word, count in counts.items():
        for first, last in combinations(range(len(word) + 1), 2):
            saved["##" * (first > 0) + word[first:last]] += count * (last - first - 1)
    alone = [*special, *letters, *(f"##{letter}" for letter in letters)]
    longer = sorted(saved.keys() - set(alone), key=lambda piece: (-saved[piece], piece))
    vocab = [*alone, *longer][:SIZE]
    (folder / "vocab.txt").write_text("\n".join(vocab), encoding="utf-8")
    _config(folder, "BertTokenizer")
    return len(vocab)


def _mpnet(folder: Path) -> int:
    """MPNet has BERT's pieces, other special tokens and two separators."""
    size = _wordpiece(folder, ("<s>", "[UNK]", "</s>", "<pad>", "<mask>"))
    vocab = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    order = [
        "<s>",
        "<pad>",
        "</s>",
        "[UNK]",
        *(t for t in vocab if t not in ("<s>", "<pad>", "</s>", "[UNK]")),
    ]
    (folder / "vocab.txt").write_text("\n".join(order), encoding="utf-8")
    _config(folder, "MPNetTokenizer")
    return size


def _bpe(folder: Path) -> int:
    """Leave vocab.json and merges.txt, as RoBERTa's slow tokenizer keeps them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.model.save(str(folder))
    _config(folder, "RobertaTokenizer")
    return int(tokenizer.get_vocab_size())


def _modernbert(folder: Path) -> int:
    """Leave tokenizer.json alone: byte-level BPE in BERT's template, padded on the left."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    tokenizer.enable_padding(direction="left", length=64, pad_id=3, pad_token="[PAD]")
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    _config(folder, "PreTrainedTokenizerFast", padding_side="left", **special)
    return int(tokenizer.get_vocab_size())


def _sentencepiece(folder: Path, file: str, tokenizer_class: str, **ids: Any) -> int:
    """Leave a trained SentencePiece model alone."""
    import sentencepiece

    written = io.BytesIO()

    def sentences() -> Iterator[str]:
        yield from corpus()

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=sentences(), model_writer=written, vocab_size=SIZE, character_coverage=0.9995,
        hard_vocab_limit=False, minloglevel=2, **ids,
    )  # fmt: skip
    (folder / file).write_bytes(written.getvalue())
    _config(folder, tokenizer_class)
    return SIZE + 8


def _config(folder: Path, tokenizer_class: str, **more: str) -> None:
    record = {"tokenizer_class": tokenizer_class, "model_max_length": 128, **more}
    (folder / "tokenizer_config.json").write_text(json.dumps(record), encoding="utf-8")


TOKENIZERS: dict[str, Callable[[Path], int]] = {
    "wordpiece": _wordpiece,
    "mpnet": _mpnet,
    "bpe": _bpe,
    "modernbert": _modernbert,
    "xlm-roberta": lambda folder: _sentencepiece(folder, "sentencepiece.bpe.model", "XLMRobertaTokenizer"),
    "albert": lambda folder: _sentencepiece(
        folder, "spiece.model", "AlbertTokenizer", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1,
        control_symbols="[CLS],[SEP],[MASK]",
    ),
    "deberta-v2": lambda folder: _sentencepiece(
        folder, "spm.model", "DebertaV2Tokenizer", pad_id=0, bos_id=1, eos_id=2, unk_id=3,
        control_symbols="[MASK]",
    ),
}  # fmt: skip
