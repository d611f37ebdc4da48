import Foundation
import Zoetrope

/// The built program, run as a process.
enum Program {
    struct Result {
        let status: Int32
        let output: Data
        let errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// It lies beside the test bundle.
    private static var url: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(
            "zoetrope")
    }

    /// The smaller embedded model, for speed, and a cache directory that knows this machine: the program measures it
    /// otherwise, and says so where other tests compute beside it.
    private static let environment = {
        let caches = url.deletingLastPathComponent().appendingPathComponent("test-caches")
        _ = MachineRates(keptIn: caches.appendingPathComponent("zoetrope/rates.json"))
        return ProcessInfo.processInfo.environment.merging(
            ["ZOETROPE_MODEL": "sprites", "XDG_CACHE_HOME": caches.path]) { $1 }
    }()

    static func start(_ arguments: [String], in directory: URL? = nil) throws -> Process {
        let process = Process()
        process.environment = environment
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// - Parameter environment: variables beside those of the test
    static func run(_ arguments: [String], in directory: URL? = nil, environment: [String: String] = [:])
        throws
        -> Result
    {
        let process = Process()
        process.environment = Self.environment.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: printed,
            errors: String(decoding: complained, as: UTF8.self))
    }

    /// Starts it and sends a signal some time after it has said something; its standard error has to be read to the
    /// end, so this waits for its end.
    ///
    /// - Parameters:
    ///   - text: on standard error; where it never comes, the program ends by itself
    ///   - pause: seconds
    @discardableResult
    static func kill(
        _ arguments: [String], in directory: URL, after text: String, pause: Double = 0,
        by signal: Int32 = SIGKILL
    ) throws -> Result {
        let (process, errors) = (Process(), Pipe())
        process.environment = environment
        process.executableURL = url
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        var said = Data()
        while !String(decoding: said, as: UTF8.self).contains(text) {
            let more = errors.fileHandleForReading.availableData
            if more.isEmpty { break }
            said += more
        }
        Thread.sleep(forTimeInterval: pause)
        if process.isRunning { Glibc.kill(process.processIdentifier, signal) }
        said += errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: Data(), errors: String(decoding: said, as: UTF8.self))
    }
}
