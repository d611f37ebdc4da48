"""Goldens of the samplers: diffusers' schedules, trajectories under a closed-form velocity, and guidance."""

import json
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler
from diffusers.guiders import ClassifierFreeZeroStarGuidance

from case import Case
from random_weights import normal

SHIFTS = [1.0, 3.0, 5.0, 8.0]
STEPS = [1, 2, 5, 20]
LATENT = [4, 2, 3, 5]
SEED = 2000
VELOCITY = "0.5*x + 0.3*cos(3*x) - 0.2*timestep/1000, in fp32"
EULER_DEFAULT = (
    "FlowMatchEulerDiscreteScheduler(shift=s).set_timesteps(N), as WanPipeline calls it: sigma_min = "
    "s*0.001/(1+(s-1)*0.001) in fp32 from the constructor, linspace(1000, 1000*sigma_min, N)/1000 in fp64, "
    "shifted by s again, cast to fp32; timestep = fp32 sigma * 1000, not cut to an integer; 0 appended"
)
EULER_EXPLICIT = (
    "FlowMatchEulerDiscreteScheduler(shift=1).set_timesteps(sigmas=...): u = linspace(1, 1/1000, N+1)[:-1] "
    "in fp64, sigma = s*u/(1+(s-1)*u) cast to fp32; timestep = fp32 sigma * 1000, not cut to an integer; "
    "0 appended"
)
UNIPC = (
    "UniPCMultistepScheduler(flow_shift=s).set_timesteps(N): u = linspace(1, 1/1000, N+1)[:-1] in fp64, "
    "sigma = s*u/(1+(s-1)*u); a first sigma of 1 becomes 1 - 1e-6; timestep = int64(fp64 sigma * 1000); "
    "then sigma in fp32, 0 appended"
)


def velocity(latent: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
    """The stand-in for the model; see VELOCITY."""
    return 0.5 * latent + 0.3 * torch.cos(3 * latent) - 0.2 * timestep.float() / 1000


def trajectory(scheduler, latent: torch.Tensor) -> dict[str, torch.Tensor]:
    """Runs the loop of WanPipeline; `latents` holds the noise and then the latent after each step."""
    scheduler.set_begin_index(0)
    latents = [latent]
    for timestep in scheduler.timesteps:
        change = velocity(latents[-1], timestep)
        latents.append(scheduler.step(change[None], timestep, latents[-1][None], return_dict=False)[0][0])
    return {"sigmas": scheduler.sigmas, "timesteps": scheduler.timesteps, "latents": torch.stack(latents)}


def write(output: Path, name: str, scheduler, schedule: str, **facts):
    """Writes one case, with the scheduler's config as diffusers saves it."""
    case = Case(output, "sampling", name, SEED)
    scheduler.save_pretrained(case.folder)
    case.write_tensors(trajectory(scheduler, normal(LATENT, SEED)))
    case.finish(schedule=schedule, velocity=VELOCITY, **facts)


def wan_unipc(shift: float) -> UniPCMultistepScheduler:
    """The scheduler that Wan's diffusers checkpoints ship, with another shift."""
    config = json.loads(Path(__file__).with_name("wan_scheduler_config.json").read_text())
    return UniPCMultistepScheduler.from_config({**config, "flow_shift": shift})


def explicit_sigmas(steps: int, shift: float) -> list[float]:
    """The shifted sigmas of the flow UniPC, before it moves the first one away from 1."""
    uniform = torch.linspace(1, 1 / 1000, steps + 1, dtype=torch.float64)[:-1]
    return (shift * uniform / (1 + (shift - 1) * uniform)).tolist()


def write_guidance(output: Path, scale: float):
    """Two velocities and what CFG-Zero* makes of them, without its steps of zeros."""
    case = Case(output, "sampling", "guidance-cfg-zero", SEED)
    guider = ClassifierFreeZeroStarGuidance(guidance_scale=scale, zero_init_steps=0)
    guider.set_state(step=0, num_inference_steps=1, timestep=torch.tensor(1000))
    conditional = normal(LATENT, SEED + 1)
    unconditional = 0.6 * conditional + 0.3 * normal(LATENT, SEED + 2)
    guided = guider.forward(conditional[None], unconditional[None]).pred[0]
    case.write_tensors({"conditional": conditional, "unconditional": unconditional, "guided": guided})
    case.finish(guider="ClassifierFreeZeroStarGuidance(zero_init_steps=0)", scale=scale)


def make(output: Path):
    """Writes every shift and number of steps for both samplers, one Euler run with explicit sigmas, and guidance."""
    write_guidance(output, scale=3.0)
    for shift in SHIFTS:
        for steps in STEPS:
            ending = f"shift-{shift:g}-steps-{steps}"
            facts = {"shift": shift, "steps": steps}
            unipc = wan_unipc(shift)
            unipc.set_timesteps(steps)
            write(output, f"unipc-{ending}", unipc, UNIPC, **facts)
            euler = FlowMatchEulerDiscreteScheduler(shift=shift)
            euler.set_timesteps(steps)
            write(output, f"euler-{ending}", euler, EULER_DEFAULT, **facts)
    explicit = FlowMatchEulerDiscreteScheduler(shift=1.0)
    explicit.set_timesteps(sigmas=explicit_sigmas(steps=20, shift=3.0))
    write(output, "euler-explicit-shift-3-steps-20", explicit, EULER_EXPLICIT, shift=3.0, steps=20)
