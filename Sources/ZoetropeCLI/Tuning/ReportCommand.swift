import ArgumentParser
import Tuning

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a sweep's report and tables anew, for instance after its clips were judged.")

    @Argument(help: ArgumentHelp("Directory of a sweep.", valueName: "dir"))
    var directory: String

    func run() throws {
        let definition = try SweepDirectory.definition(of: directory)
        try SweepDirectory(directory, for: definition).writeResults()
        ProgressPrinter(quiet: false).line("\(directory)/report.html")
    }
}
