import Dispatch
import Synchronization

/// The threads that share the work of one run.
///
/// Work is cut into tasks whose number and limits never depend on the number of threads, and each task writes
/// its own part of the result: so a result has the same bytes for any number of threads.
package final class Workers: Sendable {
    /// Threads that compute at the same time, the caller's included; at least 1.
    package let threads: Int
    private let cancelled = Atomic<Bool>(false)

    package init(threads: Int) {
        precondition(threads >= 1, "at least one thread has to do the work")
        self.threads = threads
    }

    /// After this, tasks that have not started are left out and results mean nothing; ``checkCancellation()``
    /// throws.
    package func cancel() { cancelled.store(true, ordering: .relaxed) }

    package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// To be called between layers, so that no result of a cancelled run is used.
    ///
    /// - Throws: `CancellationError` after ``cancel()``
    package func checkCancellation() throws {
        if isCancelled { throw CancellationError() }
    }

    /// Runs `task(0) ..< task(tasks)`, each once, in any order and on any thread; returns when all are done. In a plan
    /// no task is run.
    package func run(tasks: Int, _ task: @Sendable (Int) -> Void) {
        let scope = RunScope.current
        guard !scope.ledger.isPlan else { return }
        let queue = TaskQueue(tasks: tasks)
        let helpers = min(threads, tasks)
        guard helpers > 1 else { return work(through: queue, task) }
        DispatchQueue.concurrentPerform(iterations: helpers) { _ in
            RunScope.$current.withValue(scope) { work(through: queue, task) }
        }
    }

    /// The same with memory that a task may use as it likes: `scratch` values, not initialised.
    package func run(
        tasks: Int, scratch count: Int, use: MemoryUse = .scratch,
        _ task: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        // Whole pages for each thread, so that none writes beside another one.
        let share = (count + 1023) / 1024 * 1024
        let helpers = max(1, min(threads, tasks))
        let memory = RunScope.with(use: use) { Bytes(uninitialized: helpers * share * 4) }
        let queue = TaskQueue(tasks: tasks)
        memory.withPointer { start in
            let start = SharedScratch(start: start.assumingMemoryBound(to: Float.self))
            run(tasks: helpers) { helper in
                work(through: queue) { task($0, start.start + helper * share) }
            }
        }
    }

    private func work(through queue: TaskQueue, _ task: (Int) -> Void) {
        while !isCancelled, let index = queue.next() { task(index) }
    }

    /// Cuts `0 ..< count` into runs of `grain` (the last may be shorter) and gives each to `task`.
    package func run(over count: Int, grain: Int, _ task: @Sendable (Range<Int>) -> Void) {
        precondition(grain >= 1, "a task has at least one item")
        run(tasks: (count + grain - 1) / grain) { index in
            task(index * grain..<min(count, (index + 1) * grain))
        }
    }
}

/// Memory of which each thread takes a part.
private struct SharedScratch: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
}

/// Hands out task numbers, each once.
private final class TaskQueue: Sendable {
    private let tasks: Int
    private let taken = Atomic<Int>(0)

    init(tasks: Int) { self.tasks = tasks }

    func next() -> Int? {
        let index = taken.add(1, ordering: .relaxed).oldValue
        return index < tasks ? index : nil
    }
}
