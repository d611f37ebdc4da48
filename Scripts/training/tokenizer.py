"""The text encoder's own SentencePiece model, learnt from the caption grammar, and its twin for diffusers."""

import io
import string
from pathlib import Path

import numpy as np
import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import PreTrainedTokenizerFast

from world import World, random_scenes

PAD, END, UNKNOWN = 0, 1, 2
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
SEED = 3
NORMALIZER_SPEC, PRECOMPILED_CHARSMAP = 3, 2      # field numbers in sentencepiece_model.proto
LENGTH_STEP = 28
TEXT_SLOTS = 512             # rows of context that a Wan model attends to, whatever the prompt's length


def train_tokenizer(world: World, settings: dict, path: Path) -> None:
    """Writes a unigram model with lower-casing and byte fallback, so that any prompt has tokens.

    Args:
        world: its captions are the text to learn from.
        settings: 'pieces', the size of the vocabulary, and 'captions', how many sentences to draw.
        path: of the .model file.
    """
    random = np.random.default_rng(SEED)
    captions = [world.caption(scene, random) for scene in random_scenes(world, settings["captions"], random)]
    # A substring becomes a piece only if two different words hold it: so each word comes in variants.
    words = sorted({word.strip(".") for caption in captions for word in caption.split()})
    variants = [f"{word}s {word}, {word}-{word}" for word in words]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(captions + variants), model_writer=model, model_type="unigram",
        vocab_size=settings["pieces"], hard_vocab_limit=False, byte_fallback=True, character_coverage=1.0,
        required_chars=string.ascii_lowercase + string.digits + string.punctuation,
        normalization_rule_name="nmt_nfkc_cf", pad_id=PAD, eos_id=END, unk_id=UNKNOWN, bos_id=-1,
        num_threads=1, minloglevel=1)
    path.write_bytes(model.getvalue())


def load_tokenizer(config: dict, state: Path) -> "PromptTokenizer":
    """The tokenizer in the state directory; trained first if it is not there yet."""
    path = state / "spiece.model"
    if not path.exists():
        train_tokenizer(World(config["world"]), config["tokenizer"], path)
    return PromptTokenizer(path)


class PromptTokenizer:
    """Prompt to token ids as the T5 family has them: pieces, then the end mark."""

    def __init__(self, path: Path):
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def __len__(self) -> int:
        return self.model.vocab_size()

    def ids(self, prompt: str) -> list[int]:
        return [*self.model.encode(prompt), END]

    def batch(self, prompts: list[str], length: int | None = None) -> np.ndarray:
        """[B, S] int64, filled up with the padding id; S is `length` or a multiple of LENGTH_STEP, so that few shapes occur."""
        rows = [self.ids(prompt) for prompt in prompts]
        longest = max(map(len, rows))
        padded = np.full((len(rows), length or longest + -longest % LENGTH_STEP), PAD, np.int64)
        for target, row in zip(padded, rows):
            target[:len(row)] = row
        return padded


def transformers_tokenizer(path: Path) -> PreTrainedTokenizerFast:
    """The same tokenizer as a class that diffusers' pipelines can call; ids are equal, byte pieces too."""
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    pieces = [(model.id_to_piece(i), model.get_score(i)) for i in range(model.vocab_size())]
    charsmap = _field(_field(path.read_bytes(), NORMALIZER_SPEC), PRECOMPILED_CHARSMAP)
    tokenizer = Tokenizer(Unigram(pieces, unk_id=UNKNOWN, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(charsmap),
        normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(),
        pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=True)])
    tokenizer.decoder = decoders.Sequence([
        decoders.ByteFallback(), decoders.Metaspace(replacement=SPACE, prepend_scheme="always", split=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", END)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>",
                                   unk_token="<unk>", model_max_length=TEXT_SLOTS, padding_side="right")


def _field(message: bytes, wanted: int) -> bytes:
    """The content of one length-delimited field of a protocol buffer; saves a dependency for two of them."""
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        number, kind = divmod(varint(), 8)
        size = {0: lambda: varint() * 0, 1: lambda: 8, 2: varint, 5: lambda: 4}[kind]()
        if kind == 2 and number == wanted:
            return message[position:position + size]
        position += size
    raise ValueError(f"sentencepiece model: field {wanted} is absent")
