import Foundation
import Testing
import Tuning

@Test(arguments: [
    (
        SweepError.optionText(found: "a b"),
        "'a b' names no option of generate. Write its long name and its values, such as steps=10|20."
    ),
    (
        .repeatedAxis(name: "steps"),
        "--vary steps: this option is varied twice. Put all its values into one --vary, divided by |."
    ),
    (
        .tooMany(count: 20_000, most: 10_000),
        "The grid has 20000 combinations, more than the 10000 that a sweep takes. Vary fewer options, or give them "
            + "fewer values."
    ),
    (
        .tooMany(count: .max, most: 10_000),
        "The grid has far too many combinations, more than the 10000 that a sweep takes. Vary fewer options, or give "
            + "them fewer values."
    ),
    (
        .nothingToTry,
        "There is nothing to compare with the baseline. Give options several values with --vary, such as "
            + "--vary \"steps=10|20\", or trials with --settings."
    ),
    (
        .seeds(found: "1,x", part: "x"),
        "--seeds 1,x: 'x' is no seed. Write numbers with commas between them, such as 1,2,3 or 1-8."
    ),
    (
        .noPrompts(path: "p"),
        "'p' has no prompts. Write one on each line; lines that begin with # do not count."
    ),
    (
        .unreadable(path: "p", reason: "No such file or directory"),
        "'p' cannot be read: No such file or directory."
    ),
    (.unwritable(path: "p", reason: "Permission denied"), "'p' cannot be written: Permission denied."),
    (
        .settings(path: "p", place: "grid.steps", found: "6", wanted: "a list of values"),
        "'p', grid.steps: found 6, wanted a list of values. docs/tuning.md shows such a file."
    ),
    (
        .baseline(problem: "--steps 0: no."),
        "The baseline, which every trial is compared with, cannot be made: --steps 0: no."
    ),
    (
        .otherSweep(path: "d", difference: "its seeds differ"),
        "'d' holds another sweep: its seeds differ. Take another directory with --output, or remove this one."
    ),
    (
        .notASweep(path: "d", reason: "it has no sweep.json"),
        "'d' holds no sweep: it has no sweep.json. Name a directory that is new, empty, or that a sweep made."
    ),
    (
        .inUse(path: "d"),
        "Another sweep is writing into 'd'. Wait until it ends, or take another directory."
    ),
    (
        .damaged(path: "d/results.jsonl", line: 3, reason: "it is no run of a sweep"),
        "'d/results.jsonl', line 3: it is no run of a sweep. Remove the line, and the run it stood for is made again."
    ),
    (
        .noSuchTrial(number: 9, path: "d", last: 4),
        "There is no trial 9 in 'd'. Take a number from 0, the baseline, to 4."
    ),
    (
        .failedTrial(number: 3, path: "d", error: "killed"),
        "Trial 3 of 'd' failed and makes no preset: killed"
    ),
    (
        .preset(path: "p", reason: "--output is no setting"),
        "The preset 'p' cannot be used: --output is no setting. `zoetrope preset` writes such files."
    ),
])
func errorsSayWhatToDo(error: SweepError, text: String) {
    #expect(error.description == text)
    #expect(error.localizedDescription == text)
}
