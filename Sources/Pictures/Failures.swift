import CFFmpeg
import Foundation

/// What a call into FFmpeg returned; whoever knows the file makes an error with its name of it.
package struct FFmpegFailure: Error {
    /// Negative; system errors are negated `errno`s.
    package let code: Int32

    package init(code: Int32) { self.code = code }

    /// FFmpeg's words for the code, which are the system's for a system error.
    package var reason: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_ERROR_MAX_STRING_SIZE)) { text in
            guard let start = text.baseAddress else { return "error \(code)" }
            av_strerror(code, start, text.count)
            return String(cString: start)
        }
    }
}

@discardableResult
package func check(_ result: Int32) throws(FFmpegFailure) -> Int32 {
    guard result >= 0 else { throw FFmpegFailure(code: result) }
    return result
}

/// FFmpeg's code for "no memory", for its functions that say so by returning null.
package let outOfMemory = cffmpeg_error(ENOMEM)
package let tryAgain = cffmpeg_error(EAGAIN)

/// The system's words for an `errno`.
package func systemReason(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Silences FFmpeg's own log, which goes to stderr for the whole process: errors are thrown instead.
package let silenceLog: Void = av_log_set_level(AV_LOG_QUIET)
