package import Foundation
package import Zoetrope

/// A run as a trace for Perfetto or chrome://tracing: stages, steps, passes, parts of the model and kernels inside one
/// another on the computing thread, and memory as counters.
package struct Trace {
    /// Moments of the counters, at most; of each stretch of time the largest is kept.
    private static let moments = 4000

    private let recording: RunRecording
    private let resident: [ResidentSample]

    package init(_ recording: RunRecording, resident: [ResidentSample]) {
        self.recording = recording
        self.resident = resident
    }

    /// - Parameter profile: of the same run, for what the trace says about the whole
    package func data(_ profile: Profile) -> Data {
        var writer = TraceWriter()
        writer.name("process_name", "zoetrope")
        writer.name("thread_name", "computing thread")
        for node in SpanTree(recording.spans).nodes {
            writer.complete(node.span, owner: recording.labels[node.span.label].owner)
        }
        let timeline = MemoryTimeline(recording, resident: resident, parts: Self.moments)
        var last: MemoryTimeline.Moment?
        for moment in timeline.moments {
            let time = Int((moment.seconds * 1e9).rounded())
            if moment.bytes != last?.bytes {
                writer.count("memory by use, bytes", at: time, Array(zip(timeline.uses, moment.bytes)))
            }
            if let bytes = moment.residentBytes, bytes != last?.residentBytes {
                writer.count("resident set, bytes", at: time, [("resident", bytes)])
            }
            last = moment
        }
        return writer.finish([
            ("outcome", profile.outcome.rawValue), ("title", profile.subject.title),
            ("processor", profile.machine.processor), ("kernels", profile.machine.kernels),
            ("threads", "\(profile.machine.threads)"),
        ])
    }
}
