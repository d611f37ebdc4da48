"""Checks that the training's forward pass gives the velocities of a golden case with several patch sizes.

A program of its own, because modules of the training and of the goldens share names.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT / "Scripts/training")

import torch  # noqa: E402
from diffusers import WanTransformer3DModel  # noqa: E402
from safetensors import safe_open  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

import patch_sizes  # noqa: E402
from flow_model import TRAINING_TIMESTEPS, FlowModel  # noqa: E402

BOUND = 1e-5                                # relative L2; both compute in fp32


def load(folder: Path) -> SimpleNamespace:
    """What FlowModel.forward needs of a model, from the files of the case."""
    transformer = WanTransformer3DModel.from_pretrained(folder, torch_dtype=torch.float32)
    facts = transformer.config
    width = facts.num_attention_heads * facts.attention_head_dim
    with safe_open(folder / "patch_sizes.safetensors", "pt") as file:
        base = file.metadata()["base"]
        tensors = {key: file.get_tensor(key).float() for key in file.keys()}
    sizes = {}
    for name in {key.partition(".")[0] for key in tensors}:
        sizes[name] = patch_sizes.PatchSize(patch_sizes.parse(name), (facts.in_channels, facts.out_channels), width)
        sizes[name].load_state_dict({key.partition(".")[2]: value for key, value in tensors.items()
                                     if key.startswith(name + ".")})
    return SimpleNamespace(transformer=transformer, base=base, sizes=sizes)


@torch.no_grad()
def main():
    """Compares every size; leaves with an error where one differs."""
    folder = Path(sys.argv[1])
    model, expected = load(folder), load_file(folder / "expected.safetensors")
    context = expected["context"][None]
    bias = torch.zeros(1, 1, 1, context.shape[1])
    for name in [model.base, *sorted(model.sizes)]:
        found, _ = FlowModel.forward(model, expected["latent"][None], expected["timestep"] / TRAINING_TIMESTEPS,
                                     context, bias, name)
        wanted = expected[f"velocity.{name}"]
        error = ((found[0] - wanted).norm() / wanted.norm()).item()
        print(f"{name}: the training's forward pass differs by {error:.1e}")
        if not error <= BOUND:
            raise SystemExit(f"{name}: {error:.1e} is more than {BOUND:.0e}")


if __name__ == "__main__":
    main()
