import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct FrameFileTests {
    private let directory = TemporaryDirectory()

    private func file(byteCount: Int = 1 << 16) throws -> FrameFile {
        let file = FrameFile(in: directory.url.path)
        try file.open(byteCount: byteCount)
        return file
    }

    @Test func aHistoryInAFileRemembersWhatOneInMemoryDoes() throws {
        let file = try file()
        var (stored, plain) = (FrameHistory(in: file), FrameHistory())
        for index in 0..<7 {
            for (layer, count) in [("fine", 2), ("coarse", 1), ("none", 0)] {
                let frame = seeded([5, 3 + count, 4], seed: UInt64(10 * index + count))
                try stored.keep(frame, of: layer, newest: count)
                try plain.keep(frame, of: layer, newest: count)
                let (found, expected) = (try stored.frames(of: layer), try plain.frames(of: layer))
                #expect(found.map(\.values) == expected.map(\.values))
                #expect(found.map(\.shape) == expected.map(\.shape))
                let seen = layer == "fine" && index > 4 ? index - 4 : index + 1
                #expect(found.count == min(count, seen))
            }
            #expect(stored.valueCount == plain.valueCount)
            if index == 4 {
                stored.forget("fine")
                plain.forget("fine")
            }
        }
        // Two frames and one, however many there were.
        #expect(file.mostBytes == 4 * (2 * 5 * 5 * 4 + 5 * 4 * 4))
    }

    @Test func historiesThatShareAFileDoNotDisturbOneAnother() throws {
        let file = try file()
        var histories = (0..<3).map { _ in FrameHistory(in: file) }
        for index in 0..<4 {
            for place in histories.indices {
                try histories[place].keep(
                    seeded([4, 4, place + 1], seed: UInt64(10 * index + place)), of: "layer", newest: 2)
            }
        }
        for place in histories.indices {
            let expected = [2, 3].map { seeded([4, 4, place + 1], seed: UInt64(10 * $0 + place)).values }
            #expect(try histories[place].frames(of: "layer").map(\.values) == expected)
        }
        // Room that all have left is used anew from the front.
        let most = file.mostBytes
        histories = [FrameHistory(in: file)]
        try histories[0].keep(seeded([4, 5, 1]), of: "layer", newest: 2)
        #expect(file.mostBytes == most)
    }

    @Test func onlyFramesInUseAreInMemory() throws {
        let ledger = MemoryLedger(waitingBytes: 0)
        let file = try file(byteCount: 1 << 22)
        try RunScope.of(ledger) {
            var history = FrameHistory(in: file)
            for seed in 1...3 {
                try history.keep(seeded([512, 256, 4], seed: UInt64(seed)), of: "layer", newest: 2)
                #expect(ledger.heldBytes == 0)
            }
            let frames = try history.frames(of: "layer")
            #expect(ledger.heldBytes == 2 * 4 * 512 * 256 * 4)
            #expect(frames[1].values == seeded([512, 256, 4], seed: 3).values)
        }
        #expect(ledger.heldBytes == 0)
    }

    @Test func aPlanCountsTheFileWithoutOne() throws {
        let file = FrameFile(in: "/there/is/no/such/directory")
        let ledger = MemoryLedger(isPlan: true)
        try RunScope.of(ledger) {
            var history = FrameHistory(in: file)
            for _ in 0..<3 {
                try history.keep(Tensor(uninitialized: [512, 256, 4]), of: "layer", newest: 2)
                #expect(try history.frames(of: "layer").allSatisfy { $0.shape == [512, 256, 4] })
            }
        }
        #expect(file.mostBytes == 2 * 4 * 512 * 256 * 4)
    }

    @Test func theFileHasNoNameAndTakesItsRoomAtOnce() throws {
        let byteCount = 1 << 23
        let file = try file(byteCount: byteCount)
        #expect(try directory.contents.isEmpty)
        let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").map {
            "/proc/self/fd/" + $0
        }
        let own = links.filter {
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: $0)
            return place?.contains(directory.url.lastPathComponent) == true
        }
        #expect(own.count == 1)
        var facts = stat()
        #expect(stat(try #require(own.first), &facts) == 0)
        #expect(facts.st_size == byteCount && facts.st_blocks * 512 >= byteCount)
        #expect(file.mostBytes == 0)
    }

    @Test func aDiskWithoutRoomIsAnErrorBeforeTheRun() throws {
        let path = directory.url.path
        let file = FrameFile(in: path)
        let error = #expect(throws: FrameFileError.self) { try file.open(byteCount: 1 << 50) }
        guard case let .noRoom(directory, byteCount, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(directory == path && byteCount == 1 << 50)
        #expect(try self.directory.contents.isEmpty)
    }

    @Test func aMissingDirectoryIsAnError() {
        #expect(throws: FrameFileError.cannotMake(directory: "/no/such", reason: "No such file or directory"))
        {
            try FrameFile(in: "/no/such").open(byteCount: 1)
        }
    }

    @Test func directoriesInMemoryAreKnown() throws {
        #expect(FrameFile(in: "/dev/shm").liesInMemory)
        #expect(!FrameFile(in: "/proc").liesInMemory)
        #expect(!FrameFile(in: "/no/such").liesInMemory)
    }

    @Test func errorsSayWhatToDo() {
        let elsewhere =
            "Let the output go to another disk, or allow more memory; `zoetrope plan` shows how much avoids the file."
        #expect(
            FrameFileError.cannotMake(directory: "/clips", reason: "Permission denied").description
                == "Under this --max-memory the decoder keeps frames in a file, but none can be made in '/clips' (Permission "
                + "denied). " + elsewhere)
        #expect(
            FrameFileError.noRoom(directory: ".", byteCount: 7, reason: "No space left on device").description
                == "Under this --max-memory the decoder keeps frames in a file of 7 bytes, for which '.' has no room (No space "
                + "left on device). " + elsewhere)
        #expect(
            FrameFileError.cannotWrite(directory: ".", reason: "Input/output error").description
                == "Frames that the decoder keeps cannot be written to its file in '.' (Input/output error). "
                + elsewhere)
        #expect(
            FrameFileError.cannotRead(directory: ".", reason: "Input/output error").description
                == "Frames that the decoder kept cannot be read from its file in '.' (Input/output error). "
                + elsewhere)
    }
}
