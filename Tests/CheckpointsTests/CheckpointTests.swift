import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

private let fetchAgain = "The file is damaged or incomplete; fetch it again."

/// Which files make a checkpoint, and what is said when they do not.
@Suite struct CheckpointTests {
    private let directory = TemporaryDirectory()
    private let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    private let index = "model.safetensors.index.json"

    private func write(_ names: [String], to file: String) throws {
        try safetensors(of: names).write(to: directory[file])
    }

    private func writeIndex(_ text: String) throws { try Data(text.utf8).write(to: directory[index]) }

    private func writeShards() throws {
        try write(["a", "b"], to: shards[0])
        try write(["c"], to: shards[1])
        try writeIndex(
            #"{"metadata":{"total_size":12},"weight_map":"#
                + #"{"a":"\#(shards[0])","b":"\#(shards[0])","c":"\#(shards[1])"}}"#
        )
    }

    private var complaintAboutIt: String { complaint { _ = try Checkpoint(component: directory.url) } }

    @Test(arguments: [
        "diffusion_pytorch_model.safetensors", "model.safetensors", "other.fp16.safetensors",
    ])
    func findsOneFile(name: String) throws {
        try write(["a"], to: name)
        try Data("{}".utf8).write(to: directory["config.json"])
        let checkpoint = try Checkpoint(component: directory.url)
        #expect(checkpoint.files.map(\.lastPathComponent) == [name])
        #expect(checkpoint.path == directory[name].path)
        #expect(checkpoint.tensors.keys.sorted() == ["a"])
    }

    @Test func findsShards() throws {
        try writeShards()
        let checkpoint = try Checkpoint(component: directory.url)
        #expect(checkpoint.files.map(\.lastPathComponent) == shards)
        #expect(checkpoint.path == directory.url.path)
        #expect(checkpoint.tensors.keys.sorted() == ["a", "b", "c"])
        #expect(checkpoint["b"]?.widened().values == [1])
        #expect(checkpoint["d"] == nil)
        let sizes = try shards.map { try Data(contentsOf: directory[$0]).count }
        #expect(checkpoint.byteCount == sizes.reduce(0, +))
    }

    @Test func readsShardsThatDiffusersWrote() throws {
        let checkpoint = try Checkpoint(component: Goldens.url("transformer/sharded"))
        #expect(checkpoint.files.count == 3)
        #expect(checkpoint["blocks.0.attn1.to_q.weight"] != nil)
    }

    @Test func readsShardsGivenByName() throws {
        try writeShards()
        let checkpoint = try Checkpoint(files: shards.map { directory[$0] })
        #expect(checkpoint.tensors.count == 3)
        #expect(checkpoint.path == directory.url.path)
    }

    @Test func directoriesWithoutWeights() throws {
        #expect(
            complaint { _ = try Checkpoint(component: directory["nowhere"]) }
                == "cannot be opened (No such file or directory). Check the path and its permissions.")
        let advice = "Check the path; weights in .bin, .pth or .gguf have to be converted first."
        let nothing = "has no .safetensors file and no .safetensors.index.json; it holds"
        #expect(complaintAboutIt == "\(nothing) nothing. \(advice)")
        for number in 1...8 { try Data().write(to: directory["\(number).bin"]) }
        let listed = "1.bin, 2.bin, 3.bin, 4.bin, 5.bin, 6.bin and 2 more"
        #expect(complaintAboutIt == "\(nothing) \(listed). \(advice)")
    }

    @Test func aFileInPlaceOfADirectory() throws {
        try write(["a"], to: "x.safetensors")
        #expect(
            complaint { _ = try Checkpoint(component: directory["x.safetensors"]) }
                == "cannot be opened (Not a directory). Check the path and its permissions.")
    }

    @Test func severalSetsOfWeights() throws {
        try write(["a"], to: "model.fp16.safetensors")
        try write(["a"], to: "other.safetensors")
        let complaint = "holds more than one set of weights:"
        let advice = "Keep one there, or give the path of one file."
        #expect(complaintAboutIt == "\(complaint) model.fp16.safetensors, other.safetensors. \(advice)")
        try write(["known"], to: "model.safetensors")
        #expect(try Checkpoint(component: directory.url).tensors.keys.sorted() == ["known"])
        try writeShards()
        #expect(complaintAboutIt == "\(complaint) model.safetensors.index.json, model.safetensors. \(advice)")
        try FileManager.default.removeItem(at: directory["model.safetensors"])
        #expect(try Checkpoint(component: directory.url).tensors.keys.sorted() == ["a", "b", "c"])
    }

    @Test func shardsWithoutIndex() throws {
        try writeShards()
        try FileManager.default.removeItem(at: directory[index])
        #expect(complaintAboutIt.hasPrefix("holds more than one set of weights: \(shards[0]), \(shards[1])."))
    }

    @Test(arguments: [
        "../x.safetensors", "sub/x.safetensors", "/x.safetensors", "..", "x.bin", "a\\\\b.safetensors",
    ])
    func shardNamesThatLeadElsewhere(name: String) throws {
        try writeIndex(#"{"weight_map":{"a":"\#(name)"}}"#)
        let shown = name.replacingOccurrences(of: "\\\\", with: "\\")
        #expect(
            complaintAboutIt
                == "lists the shard '\(shown)', but a shard is the plain name of a .safetensors file "
                + "beside the index. Correct the index.")
    }

    @Test func missingShard() throws {
        try writeShards()
        try FileManager.default.removeItem(at: directory[shards[1]])
        #expect(
            complaintAboutIt
                == "lists the shard '\(shards[1])', but that file is not beside it. Fetch the missing shard.")
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(component: directory.url) }
        #expect(error == .shards(directory[index].path, .missing(shard: shards[1])))
    }

    @Test func tensorThatItsShardLacks() throws {
        try writeShards()
        let listed = #"{"weight_map":{"a":"\#(shards[0])","b":"\#(shards[1])","c":"\#(shards[1])"}}"#
        try writeIndex(listed)
        #expect(
            complaintAboutIt
                == "says that tensor 'b' is in '\(shards[1])', but it is not there. "
                + "Index and shards are of different versions; fetch all again.")
    }

    @Test func tensorInTwoShards() throws {
        try writeShards()
        try write(["c", "a"], to: shards[1])
        #expect(
            complaintAboutIt
                == "tensor 'a' is in '\(shards[0])' and in '\(shards[1])', but may be in one file only. "
                + "Take away the file that does not belong there.")
    }

    @Test(arguments: [
        ("{}", "has no 'weight_map', but an index of shards needs one. \(fetchAgain)"),
        (#"{"weight_map":{}}"#, "has no 'weight_map', but an index of shards needs one. \(fetchAgain)"),
        (
            #"{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}"#,
            "lists tensor 'a' twice, but each may be there once. Write the index again."
        ),
        (
            #"{"weight_map":[]}"#,
            "byte 14 of its JSON is '[', but '{' is needed. "
                + "The file is damaged or of another kind; fetch it again."
        ),
        (
            #"{"weight_map":{"a":1}}"#,
            "byte 19 of its JSON, in the entry of 'a', is '1', but '\"' is needed. "
                + "The file is damaged or of another kind; fetch it again."
        ),
        (
            "",
            "byte 0 of its JSON is the end, but '{' is needed. "
                + "The file is damaged or of another kind; fetch it again."
        ),
    ])
    func indexThatIsNone(text: String, complaint: String) throws {
        try writeIndex(text)
        #expect(complaintAboutIt == complaint)
    }
}
