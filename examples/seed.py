"""Ask the packaged reader three questions about one passage."""

from tritonqa import Reader

CONTEXT = (
    "🤗 Transformers (formerly known as pytorch-transformers and pytorch-pretrained-bert) provides "
    "general-purpose architectures (BERT, GPT-2, RoBERTa, XLM, DistilBert, XLNet…) for Natural Language "
    "Understanding (NLU) and Natural Language Generation (NLG) with over 32+ pretrained models in 100+ "
    "languages and deep interoperability between TensorFlow 2.0 and PyTorch."
)
QUESTIONS = (
    "How many pretrained models are available in 🤗 Transformers?",
    "What does 🤗 Transformers provide?",
    "🤗 Transformers provides interoperability between which frameworks?",
)


def main() -> None:
    """Print each question with its answer, offsets and score."""
    with Reader() as reader:
        for question in QUESTIONS:
            answers = reader.ask(question, CONTEXT)
            print(question)
            for answer in answers:
                print(f"  → {answer.text}   [{answer.start}:{answer.end}]   score {answer.score:.2f}")
            if not answers:
                print(f"  → no answer (probability {answers.no_answer:.2f})")


if __name__ == "__main__":
    main()
