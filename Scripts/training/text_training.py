"""Teaches the text encoder alone, for minutes, on captions without pictures: word order is learnt here, cheaply."""

from pathlib import Path

import numpy as np
import torch

import grammar
from caption_training import CaptionTrainer
from flow_model import FlowModel
from mixed_precision import mixed_precision
from text_slots import NAMES, labels_of
from tokenizer import load_tokenizer
from workers import Workers
from world import World, random_scenes

EVALUATED = 1000             # captions


class TextTrainer(CaptionTrainer):
    """Owns the text encoder of a FlowModel and its slots."""

    name, seed = "text", 900000

    def __init__(self, config: dict, state: Path, device: str, workers: Workers):
        torch.manual_seed(0)
        self.world, self.tokenizer = World(config["world"]), load_tokenizer(config, state)
        whole = FlowModel(config, len(self.tokenizer)).to(device)
        self.context = whole.context
        model = torch.nn.ModuleDict({"text": whole.text, "slots": whole.slots})
        matrices = [p for name, p in model.named_parameters()
                    if "encoder.block" in name and p.dim() == 2 and "relative_attention_bias" not in name]
        super().__init__(model, matrices, config["text"], state, device, workers)

    def loss(self, random: np.random.Generator, count: int) -> torch.Tensor:
        scenes = random_scenes(self.world, count, random)
        captions = [grammar.muddled(self.world.caption(scene, random), random) for scene in scenes]
        ids = torch.from_numpy(self.tokenizer.batch(captions)).to(self.device)
        with mixed_precision(self.device.split(":")[0]):
            states, bias = self.context(ids)
        return self.model["slots"].loss(states, bias, labels_of(scenes).to(self.device), torch.ones(count, device=self.device))

    @torch.no_grad()
    def evaluate(self) -> None:
        """Logs the share of captions read rightly per slot: seen phrases, then phrases that training never uses."""
        with self.average:
            for unseen in (False, True):
                random = np.random.default_rng(5)
                scenes = random_scenes(self.world, EVALUATED, random, held_out=True)
                captions = [self.world.caption(s, random, unseen) for s in scenes]
                states, bias = self.context(torch.from_numpy(self.tokenizer.batch(captions)).to(self.device))
                labels = labels_of(scenes).to(self.device)
                right = {name: round((logits.argmax(-1) == labels[:, i]).float().mean().item(), 3)
                         for i, (name, logits) in enumerate(zip(NAMES, self.model["slots"](states, bias)))}
                self.log.write(**self.progress.summary(), unseen_phrases=unseen, **right)
