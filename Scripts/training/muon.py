"""Muon for weight matrices, AdamW for everything else, behind one step().

Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), with
the update scaled to AdamW's usual size as in Liu et al., "Muon is scalable for LLM training" (2025).
"""

import torch

from mixed_precision import multiplies_bfloat16
from workers import Workers

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
MOMENTUM = 0.95
UPDATE_SIZE = 0.2            # root mean square of an AdamW update, matched by Muon's


def orthogonalise(matrices: torch.Tensor, iterations: int = 5) -> torch.Tensor:
    """Moves all singular values of [B, rows, columns] towards 1 by a quintic Newton-Schulz iteration, in bfloat16 where that is quicker."""
    a, b, c = NEWTON_SCHULZ
    x = matrices / (matrices.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    x = x.bfloat16() if multiplies_bfloat16(x.device.type) else x
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(matrices.dtype)


class Muon:
    """Optimiser over two lists of parameters.

    Args:
        matrices: weights seen as [rows, everything else]; stepped by Muon.
        others: stepped by AdamW without decay.
        rates: learning rates of the matrices and of the others.
        weight_decay: of the matrices.
        workers: they share the work on the matrices.
    """

    def __init__(self, matrices, others, rates: tuple[float, float], weight_decay: float, workers: Workers):
        self.matrices, self.others = list(matrices), list(others)
        self.rates, self.weight_decay, self.workers = rates, weight_decay, workers
        self.averages = [torch.zeros_like(p) for p in self.matrices]
        self.adam = torch.optim.AdamW(self.others, rates[1], betas=(0.9, 0.95), weight_decay=0.0)
        self.shapes: dict[tuple[int, int], list[int]] = {}
        for i, p in enumerate(self.matrices):
            self.shapes.setdefault((p.shape[0], p[0].numel()), []).append(i)

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """One update from the gradients; `scale` in 0...1 is the schedule's factor on both rates."""
        if self.matrices:
            self._step_matrices(scale)
        for group in self.adam.param_groups:
            group["lr"] = self.rates[1] * scale
        self.adam.step()

    def _step_matrices(self, scale: float) -> None:
        updates = [torch.zeros_like(p) for p in self.matrices]
        for shape, members in self.shapes.items():
            mine = slice(self.workers.rank, None, self.workers.count)
            directions = self._directions(shape, members)[mine]
            for i, update in zip(members[mine], orthogonalise(directions)):
                updates[i].copy_(update.reshape(updates[i].shape))
        self.workers.add_up(updates)
        rate = scale * self.rates[0]
        sizes = [-rate * UPDATE_SIZE * max(p.shape[0], p[0].numel()) ** 0.5 for p in self.matrices]
        torch._foreach_mul_(updates, sizes)
        torch._foreach_mul_(self.matrices, 1 - rate * self.weight_decay)
        torch._foreach_add_(self.matrices, updates)

    def _directions(self, shape: tuple[int, int], members: list[int]) -> torch.Tensor:
        """Nesterov averages of the members' gradients, [members, *shape]; the averages are kept up to date."""
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in (self.matrices[i] for i in members)]
        averages = [self.averages[i] for i in members]
        torch._foreach_lerp_(averages, gradients, 1 - MOMENTUM)
        directions = torch._foreach_lerp(gradients, averages, MOMENTUM)
        return torch.stack([direction.reshape(shape) for direction in directions])

    def zero_grad(self) -> None:
        for p in self.matrices + self.others:
            p.grad = None

    def state_dict(self) -> dict:
        return {"averages": self.averages, "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        for average, stored in zip(self.averages, state["averages"]):
            average.copy_(stored)
        self.adam.load_state_dict(state["adam"])
