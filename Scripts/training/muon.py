"""Muon for weight matrices, AdamW for everything else, behind one step().

Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), with
the update scaled to AdamW's usual size as in Liu et al., "Muon is scalable for LLM training" (2025).
"""

import torch

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
UPDATE_SIZE = 0.2            # root mean square of an AdamW update, matched by Muon's


def orthogonalise(matrices: torch.Tensor, iterations: int = 5) -> torch.Tensor:
    """Moves all singular values of [B, rows, columns] towards 1 by a quintic Newton-Schulz iteration."""
    a, b, c = NEWTON_SCHULZ
    x = matrices / (matrices.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon:
    """Optimiser over two lists of parameters.

    Args:
        matrices: weights seen as [rows, everything else]; stepped by Muon.
        others: stepped by AdamW without decay.
        learning_rate: of both.
        weight_decay: of the matrices.
    """

    def __init__(self, matrices, others, learning_rate: float, weight_decay: float = 0.0, momentum: float = 0.95):
        self.matrices, self.others = list(matrices), list(others)
        self.learning_rate, self.weight_decay, self.momentum = learning_rate, weight_decay, momentum
        self.averages = [torch.zeros_like(p) for p in self.matrices]
        self.adam = torch.optim.AdamW(self.others, learning_rate, betas=(0.9, 0.95), weight_decay=0.0)
        self.shapes: dict[tuple[int, int], list[int]] = {}
        for i, p in enumerate(self.matrices):
            self.shapes.setdefault((p.shape[0], p[0].numel()), []).append(i)

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """One update from the gradients; `scale` in 0...1 is the schedule's factor on the learning rate."""
        for shape, members in self.shapes.items():
            self._step_group(shape, members, scale * self.learning_rate)
        for group in self.adam.param_groups:
            group["lr"] = self.learning_rate * scale
        self.adam.step()

    def _step_group(self, shape: tuple[int, int], members: list[int], rate: float) -> None:
        updates = []
        for i in members:
            gradient = self.matrices[i].grad
            gradient = torch.zeros_like(self.matrices[i]) if gradient is None else gradient
            self.averages[i].lerp_(gradient, 1 - self.momentum)
            updates.append(gradient.lerp(self.averages[i], self.momentum).reshape(shape))
        size = UPDATE_SIZE * max(shape) ** 0.5
        for i, update in zip(members, orthogonalise(torch.stack(updates))):
            weight = self.matrices[i]
            weight.mul_(1 - rate * self.weight_decay)
            weight.add_(update.reshape(weight.shape), alpha=-rate * size)

    def zero_grad(self) -> None:
        for p in self.matrices + self.others:
            p.grad = None

    def state_dict(self) -> dict:
        return {"averages": self.averages, "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        for average, stored in zip(self.averages, state["averages"]):
            average.copy_(stored)
        self.adam.load_state_dict(state["adam"])
