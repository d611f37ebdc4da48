import Synchronization
import Tensors
import Testing

@Suite struct WorkersTests {
    @Test(arguments: [1, 2, 5], [0, 1, 2, 100])
    func eachTaskRunsOnce(threads: Int, tasks: Int) {
        let seen = Mutex<[Int]>([])
        Workers(threads: threads).run(tasks: tasks) { index in seen.withLock { $0.append(index) } }
        #expect(seen.withLock { $0.sorted() } == Array(0..<tasks))
    }

    @Test func rangesCoverEverything() {
        let seen = Mutex<[Range<Int>]>([])
        Workers(threads: 2).run(over: 10, grain: 4) { part in seen.withLock { $0.append(part) } }
        #expect(seen.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } } == [0..<4, 4..<8, 8..<10])
    }

    @Test func cancelledWorkIsLeftOut() throws {
        let workers = Workers(threads: 2)
        try workers.checkCancellation()
        workers.cancel()
        let seen = Mutex(0)
        workers.run(tasks: 10) { _ in seen.withLock { $0 += 1 } }
        #expect(seen.withLock { $0 } == 0)
        #expect(throws: CancellationError.self) { try workers.checkCancellation() }
    }
}
