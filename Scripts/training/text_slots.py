"""Teaches the text encoder to tell what a caption says before any picture is seen, and holds it to that."""

import torch
import torch.nn.functional as F
from torch import nn

import grammar
from world import ALONE, BACKGROUNDS, MOTIONS, Scene

NAMES = ("subject", "tint", "size", "motion", "speed", "background", "camera", "other", "relation")


class TextSlots(nn.Module):
    """Reads each value of a scene from the text's states through a weighted mean of its own.

    Args:
        width: of the text's states.
        subjects, tints: how many the world has.
    """

    def __init__(self, width: int, subjects: int, tints: int):
        super().__init__()
        counts = (subjects, tints + 1, len(grammar.SIZES), len(MOTIONS), len(grammar.SPEEDS), len(BACKGROUNDS),
                  len(grammar.CAMERAS), subjects + 1, len(grammar.RELATIONS) + 1)
        self.queries = nn.Parameter(torch.randn(len(NAMES), width) * width ** -0.5)
        self.heads = nn.ModuleList(nn.Linear(width, count) for count in counts)

    def forward(self, states: torch.Tensor, bias: torch.Tensor) -> list[torch.Tensor]:
        """Logits [B, values] per slot, of the context's rows but the last, which stands for the padding."""
        scores = self.queries @ states[:, :-1].float().mT + bias[:, 0, :, :-1]
        means = scores.softmax(-1) @ states[:, :-1].float()
        return [head(means[:, i]) for i, head in enumerate(self.heads)]

    def loss(self, states, bias, labels: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
        """Cross-entropy summed over slots; `counts` [B] is 0 for rows without a caption."""
        losses = [F.cross_entropy(logits, labels[:, i], reduction="none")
                  for i, logits in enumerate(self(states, bias))]
        return (torch.stack(losses).sum(0) * counts).sum() / counts.sum().clamp(min=1)


def labels_of(scenes: list[Scene]) -> torch.Tensor:
    """[B, slots] of class numbers."""
    rows = [(s.subject, s.tint, s.size, s.motion, s.speed, s.background, s.camera,
             s.other + 1, 0 if s.other == ALONE else s.relation + 1) for s in scenes]
    return torch.tensor(rows)
