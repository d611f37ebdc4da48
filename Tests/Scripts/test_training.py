"""A training's way in and out, and that it goes on where it stopped, with the shipped weights and moments of training."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch
from common import CONFIGURATION, MODEL, REPOSITORY
from mixed_precision import mixed_precision
from safetensors.torch import load_file


def train(stage: str, state: Path, *options: str, config: Path = CONFIGURATION) -> subprocess.CompletedProcess:
    command = [sys.executable, REPOSITORY / "Scripts/training/train.py", "--config", config, "--state", state,
               "--stage", stage, *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


class TrainingTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.state, cls.output = (Path(cls.folder.name) / name for name in ("state", "model"))
        cls.imported = train("import", cls.state, "--start", str(MODEL))

    def test_the_shipped_model_comes_out_as_it_went_in(self):
        self.assertEqual(self.imported.returncode, 0, self.imported.stderr)
        exported = train("export", self.state, "--output", str(self.output))
        self.assertEqual(exported.returncode, 0, exported.stderr)
        names = sorted(path.relative_to(MODEL) for path in MODEL.rglob("*") if path.is_file())
        self.assertEqual(names, sorted(path.relative_to(self.output) for path in self.output.rglob("*") if path.is_file()))
        for name in names:
            if name.suffix == ".safetensors":
                shipped, written = load_file(MODEL / name), load_file(self.output / name)
                self.assertEqual(set(shipped), set(written), name)
                for key, value in shipped.items():
                    self.assertTrue(torch.equal(value, written[key]), f"{name}: {key}")
        for name in ("generation.json", "transformer/config.json", "text_encoder/config.json", "vae/config.json"):
            self.assertEqual(json.loads((MODEL / name).read_text()), json.loads((self.output / name).read_text()), name)

    def test_a_state_is_not_imported_over(self):
        again = train("import", self.state, "--start", str(MODEL))
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("is there already", again.stderr)

    def test_what_is_no_model_is_not_imported(self):
        state = Path(self.folder.name) / "none"
        done = train("import", state, "--start", str(state / "missing"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("vae/config.json is missing. Name a model", done.stderr)
        self.assertEqual(list(state.iterdir()), [])

    def test_a_stage_goes_on_where_it_stopped(self):
        state, lines = shutil.copytree(self.state, self.state.with_name("stage")), []
        for _ in range(2):
            done = train("clauses", state, "--minutes", "0.01", "--workers", "1")
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [json.loads(line) for line in (state / "clauses.jsonl").read_text().splitlines()]
        steps = [line["steps"] for line in lines]
        self.assertEqual(steps, sorted(steps))
        self.assertGreaterEqual(len(set(steps)), 3, steps)
        self.assertTrue(all(0 < line["moved_met"] < 1 for line in lines), lines)

    def test_the_transformer_is_trained_on_from_the_shipped_weights(self):
        """One step on a few clips, in two parts; the validation that follows shows that these weights were begun with."""
        state = shutil.copytree(self.state, self.state.with_name("further"))
        small = {"extends": str(CONFIGURATION), "latents": {"clips": 16, "clips_per_file": 16},
                 "flow": {"validation_clips": 4, "sheet_steps": 1, "parts": 2, "batch": {"1x4x4": 4},
                          "phases": [{"until": 1.0, "shares": {"1x4x4": 1.0}}]}}
        config = Path(self.folder.name) / "small.json"
        config.write_text(json.dumps(small))
        for stage in ("latents", "transformer"):
            done = train(stage, state, "--minutes", "0.01", "--workers", "1", config=config)
            self.assertEqual(done.returncode, 0, done.stderr)
        facts = json.loads((state / "flow.jsonl").read_text().splitlines()[-1])
        self.assertGreaterEqual(facts["steps"], 1)
        self.assertEqual(facts["clips"], 4 * facts["steps"])     # a step's, in parts or not
        self.assertLess(facts["loss_0.8"], 0.6, facts)          # 0.32 of 256 clips; one that begins anew answers 0, and has 2
        self.assertGreater(facts["gap_0.8"], 1, facts)
        before, after = (torch.load(folder / "flow.pt")["module"] for folder in (self.state, state))
        self.assertEqual(set(before), set(after))
        self.assertFalse([name for name, value in after.items() if not value.isfinite().all()])
        moved = "transformer.blocks.0.attn1.to_q.weight"
        self.assertFalse(torch.equal(before[moved], after[moved]))


class MixedPrecisionTests(unittest.TestCase):
    def test_products_are_in_bfloat16_where_the_cpu_has_its_instructions(self):
        flags = Path("/proc/cpuinfo").read_text().split()
        quicker, ones = torch.bfloat16 if "avx512_bf16" in flags else torch.float32, torch.ones(2, 2)
        for enabled, expected in ((True, quicker), (False, torch.float32)):
            with mixed_precision("cpu", enabled):
                self.assertEqual((ones @ ones).dtype, expected)


if __name__ == "__main__":
    unittest.main()
