"""A small SentencePiece tokenizer with UMT5's special tokens, as the files of a tokenizer/ directory."""

import io
import itertools
from pathlib import Path

import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import PreTrainedTokenizerFast

PAD, END, UNKNOWN = 0, 1, 2
WORDS = {
    "how many": ["a", "one", "two", "three", "many", "the"],
    "what like": ["red", "blue", "small", "large", "old", "bright", "slow", "golden", "dark", "quiet"],
    "what": ["cat", "dog", "boat", "tree", "city", "mountain", "wave", "star", "horse", "child", "bird"],
    "does": ["moves", "turns", "runs", "falls", "shines", "grows", "waits", "dances"],
    "where": ["over the sea", "in the snow", "at night", "to the left", "through the city", "under the moon"],
}


def corpus() -> list[str]:
    """Sentences to learn the pieces from; every third of all combinations."""
    sentences = [" ".join(words) for words in itertools.product(*WORDS.values())]
    endings = itertools.cycle(["", ", cinematic, 4k."])
    return [sentence + ending for sentence, ending in zip(sentences[::3], endings)]


def train() -> bytes:
    """A unigram model with byte fallback; no text is unknown to it."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, vocab_size=512, hard_vocab_limit=False,
        model_type="unigram", byte_fallback=True, normalization_rule_name="identity", num_threads=1,
        minloglevel=2, pad_id=PAD, eos_id=END, unk_id=UNKNOWN, bos_id=-1,
        pad_piece="<pad>", eos_piece="</s>", unk_piece="<unk>",
    )
    return model.getvalue()


def fast_tokenizer(pieces: sentencepiece.SentencePieceProcessor) -> PreTrainedTokenizerFast:
    """The same tokenizer for transformers.

    Not a T5TokenizerFast: the one of transformers 5 loads with byte fallback switched off.
    """
    count = pieces.get_piece_size()
    vocabulary = [(pieces.id_to_piece(index), pieces.get_score(index)) for index in range(count)]
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=UNKNOWN, byte_fallback=True))
    space = {"replacement": "▁", "prepend_scheme": "always"}
    single_spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), single_spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(**space)
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(**space)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], special_tokens=[("</s>", END)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
        model_max_length=512)


def make(folder: Path) -> int:
    """Writes the tokenizer's files and returns the number of its pieces."""
    folder.mkdir(parents=True, exist_ok=True)
    model = train()
    (folder / "spiece.model").write_bytes(model)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    tokenizer = fast_tokenizer(pieces)
    tokenizer.save_pretrained(folder)
    for text in [*corpus()[:50], "", "Ein Käfer läuft…  日本 🎈", "tab\there"]:
        if tokenizer(text).input_ids != pieces.encode(text, add_eos=True):
            raise ValueError(f"the two tokenizers differ on {text!r}")
    return pieces.get_piece_size()
