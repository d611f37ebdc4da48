package import Zoetrope

extension RunRecording {
    /// What would have been resident had nothing been recorded: each entry of the recording takes its share of the
    /// recorder's memory from the time on at which it was entered.
    ///
    /// - Parameter samples: in the order of time
    package func withoutRecorder(_ samples: [ResidentSample]) -> [ResidentSample] {
        let entries = changes.count + spans.count
        guard entries > 0 else { return samples }
        var change = changes.startIndex
        var span = spans.startIndex
        return samples.map { sample in
            while change < changes.endIndex, changes[change].nanoseconds <= sample.nanoseconds { change += 1 }
            while span < spans.endIndex, spans[span].end <= sample.nanoseconds { span += 1 }
            return ResidentSample(
                nanoseconds: sample.nanoseconds,
                bytes: max(0, sample.bytes - recorderBytes * (change + span) / entries))
        }
    }
}
