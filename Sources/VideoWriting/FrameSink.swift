internal import Pictures

/// Something that takes the frames of one clip in order and puts them under the clip's temporary name.
protocol FrameSink: AnyObject {
    func write(_ frame: Frame) throws(VideoError)

    /// Writes what is still held back and closes all files; no frame comes after it.
    func finish() throws(VideoError)
}
