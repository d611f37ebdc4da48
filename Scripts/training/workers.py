"""Several single-threaded processes that train as one: gradients are averaged once a step.

On a machine shared with other programs this is far quicker than threads, which wait for
each other at every operation.
"""

import multiprocessing
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as distributed


@dataclass(frozen=True)
class Workers:
    """This process among its equals; the first one writes files and logs.

    renderers: processes that draw clips for this one.
    """

    rank: int = 0
    count: int = 1
    renderers: int = 1

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    @torch.no_grad()
    def average_gradients(self, parameters, numbers: list[float]) -> list[float]:
        """Replaces gradients by their mean over all workers; returns the means of `numbers` as well.

        Parameters without a gradient get one of zeros, so that all workers agree on the layout.
        """
        if self.count == 1:
            return numbers
        parameters = list(parameters)
        for p in parameters:
            p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        extra = torch.tensor(numbers, dtype=torch.float32)
        flat = torch.cat([p.grad.reshape(-1) for p in parameters] + [extra])
        distributed.all_reduce(flat)
        flat /= self.count
        parts = flat.split([p.numel() for p in parameters] + [len(numbers)])
        for p, part in zip(parameters, parts):
            p.grad.copy_(part.view_as(p))
        return parts[-1].tolist()

    @torch.no_grad()
    def add_up(self, tensors: list[torch.Tensor]) -> None:
        """Replaces each tensor by its sum over all workers."""
        if self.count == 1:
            return
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        distributed.all_reduce(flat)
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
            tensor.copy_(part.view_as(tensor))

    def wait_for_all(self) -> None:
        if self.count > 1:
            distributed.barrier()


def run_together(count: int, renderers: int, work) -> None:
    """Calls work(workers) in `count` processes; the first is this one. `work` must be picklable."""
    if count == 1:
        return work(Workers(renderers=renderers))
    meeting = Path(tempfile.mkdtemp()) / "meeting"
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_join, args=(rank, count, meeting, work)) for rank in range(1, count)]
    for process in others:
        process.start()
    _join(0, count, meeting, work)
    for process in others:
        process.join()
    if any(process.exitcode for process in others):
        raise RuntimeError("A worker stopped early; its own message is above.")


def _join(rank: int, count: int, meeting: Path, work) -> None:
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=count)
    try:
        work(Workers(rank, count))
    finally:
        distributed.destroy_process_group()
