"""What the examples ask about."""

from haystack import Document

DOCUMENTS = [
    Document(content="The library opened in 1895. Its 40 reading rooms hold over 2,000 manuscripts."),
    Document(content="The garden was laid out in 1912 by Gertrude Jekyll. It is closed on Mondays."),
    Document(content="The warranty of the pump ends after 24 months. Ada Lovelace repairs it in Bremen."),
    Document(content="The train to Bremen leaves at nine and takes three hours."),
]
