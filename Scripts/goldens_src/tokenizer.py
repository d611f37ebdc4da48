"""Goldens of prompt cleaning and tokenization: a SentencePiece model like UMT5's, and its ids of prompts.

The ids are those of the tokenizer class that `WanPipeline` loads from a folder with `spiece.model` and
`tokenizer_config.json`. A second list has those of the layout of the published UMT5 `tokenizer.json` (byte
fallback, Metaspace alone), where they differ.
"""

import hashlib
import io
import json
import platform
import shutil
import unicodedata
from pathlib import Path
from random import Random

import diffusers
import ftfy
import google.protobuf
import sentencepiece
import tokenizers
import transformers
from diffusers.pipelines.wan.pipeline_wan import prompt_clean
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AddedToken, PreTrainedTokenizerFast, T5TokenizerFast

from prompt_words import EMOJI, LANGUAGES
from prompts import prompts

SEED = 4000
SLOTS = 512
EXTRA_IDS = 300
CONFIG = {
    "tokenizer_class": "T5Tokenizer", "extra_ids": EXTRA_IDS, "eos_token": "</s>", "pad_token": "<pad>",
    "unk_token": "<unk>",
}


def training_lines(seed: int, count: int) -> list[str]:
    """Sentences of all languages, some with emoji."""
    random = Random(seed)
    lines = []
    for _ in range(count):
        words = [random.choice(LANGUAGES)(random) for _ in range(2)]
        lines.append(" ".join(words + random.choices(EMOJI, k=random.randrange(2))))
    return lines


def train(lines: list[str], vocabulary: int, target: Path):
    """Writes a unigram model with UMT5's settings: byte fallback, nmt_nfkc; ids pad 0, end 1, unknown 2."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=vocabulary, model_type="unigram",
        byte_fallback=True, normalization_rule_name="nmt_nfkc", pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
        hard_vocab_limit=False, character_coverage=0.9995, shuffle_input_sentence=False, num_threads=1,
        minloglevel=2)
    target.write_bytes(model.getvalue())


def published_layout(model: Path) -> PreTrainedTokenizerFast:
    """The same pieces in the layout of UMT5's published `tokenizer.json`."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.read_bytes())
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    backend = Tokenizer(models.Unigram(pieces, unk_id=proto.trainer_spec.unk_id, byte_fallback=True))
    backend.normalizer = normalizers.Sequence([
        normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
        normalizers.Replace(Regex(" {2,}"), " "),
    ])
    backend.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    backend.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], special_tokens=[("</s>", 1)])
    marks = ["<pad>", "</s>", "<unk>"] + [f"<extra_id_{index}>" for index in reversed(range(EXTRA_IDS))]
    backend.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in marks])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")


def without_pieces(tokenizer: PreTrainedTokenizerFast) -> dict:
    """Its `tokenizer.json` without pieces and character map, which the model file has."""
    settings = json.loads(tokenizer.backend_tokenizer.to_str())
    settings["model"]["vocab"] = []
    settings["normalizer"]["normalizers"][0]["precompiled_charsmap"] = ""
    return settings


def ids(tokenizer, cleaned: str) -> list[int]:
    """The ids that the pipeline encodes, without padding."""
    return tokenizer(cleaned, truncation=True, max_length=SLOTS, add_special_tokens=True).input_ids


def whole_ids(tokenizer, cleaned: str) -> int:
    """How many ids there would be without a limit."""
    return len(tokenizer(cleaned, add_special_tokens=True).input_ids)


def expected(folder: Path) -> list[dict]:
    """One record for each prompt."""
    tokenizer = T5TokenizerFast.from_pretrained(folder)
    published = published_layout(folder / "spiece.model")
    records = []
    for prompt in prompts(SEED):
        cleaned = prompt_clean(prompt)
        record = {"prompt": prompt, "cleaned": cleaned, "ids": ids(tokenizer, cleaned)}
        total = whole_ids(tokenizer, cleaned)
        if total > SLOTS:
            record["dropped"] = total - SLOTS
        if (other := ids(published, cleaned)) != record["ids"]:
            record["published_layout_ids"] = other
        records.append(record)
    return records


def provenance(folder: Path, records: list[dict]) -> dict:
    """Versions, seed and hashes."""
    packages = [diffusers, transformers, tokenizers, sentencepiece, ftfy, google.protobuf]
    files = sorted(path for path in folder.iterdir() if path.name != "provenance.json")
    return {
        "script": "Scripts/goldens tokenizer",
        "seed": SEED,
        "versions": {package.__name__: package.__version__ for package in packages},
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        "cleaned_by": "diffusers.pipelines.wan.pipeline_wan.prompt_clean with ftfy",
        "ids_by": "transformers.T5TokenizerFast.from_pretrained on spiece.model and tokenizer_config.json",
        "published_layout_ids_by": "tokenizers with the settings of tokenizer-without-pieces.json",
        "prompts": len(records),
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }


def write_json(path: Path, content: dict):
    """Writes `content` readable."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def write_lines(path: Path, records: list[dict]):
    """Writes `records` as one list, a line for each."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def make(output: Path):
    """Writes the folder `tokenizer`."""
    folder = output / "tokenizer"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    train(training_lines(SEED, 6000), 1400, folder / "spiece.model")
    write_json(folder / "tokenizer_config.json", CONFIG)
    published = published_layout(folder / "spiece.model")
    write_json(folder / "tokenizer-without-pieces.json", without_pieces(published))
    records = expected(folder)
    write_lines(folder / "prompts.json", records)
    write_json(folder / "provenance.json", provenance(folder, records))
    size = (folder / "spiece.model").stat().st_size
    print(f"tokenizer: {len(records)} prompts, model {size / 1e3:.0f} kB")
