package import CFFmpeg

/// Owner of an `AVFrame`: one picture in any pixel format.
package final class Picture {
    package let pointer: UnsafeMutablePointer<AVFrame>

    /// A picture without memory, for a decoder to fill.
    ///
    /// - Throws: FFmpeg's code
    package init() throws(FFmpegFailure) {
        guard let pointer = av_frame_alloc() else { throw FFmpegFailure(code: outOfMemory) }
        self.pointer = pointer
    }

    /// A picture with memory of its own.
    package convenience init(_ format: AVPixelFormat, width: Int, height: Int) throws(FFmpegFailure) {
        try self.init()
        pointer.pointee.format = format.rawValue
        pointer.pointee.width = Int32(width)
        pointer.pointee.height = Int32(height)
        try check(av_frame_get_buffer(pointer, 0))
    }

    deinit {
        var owned: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&owned)
    }

    /// To be called before each new content, because an encoder may still hold the last one.
    package func makeWritable() throws(FFmpegFailure) { try check(av_frame_make_writable(pointer)) }
}

/// Owner of an `AVPacket`: compressed bytes with their time.
package final class Packet {
    package let pointer: UnsafeMutablePointer<AVPacket>

    package init() throws(FFmpegFailure) {
        guard let pointer = av_packet_alloc() else { throw FFmpegFailure(code: outOfMemory) }
        self.pointer = pointer
    }

    package convenience init(bytes: [UInt8]) throws(FFmpegFailure) {
        try self.init()
        try replace(with: bytes)
    }

    deinit {
        var owned: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&owned)
    }

    package var bytes: [UInt8] {
        Array(UnsafeBufferPointer(start: pointer.pointee.data, count: Int(pointer.pointee.size)))
    }

    /// Puts other bytes in place of its own; time and flags stay.
    package func replace(with bytes: [UInt8]) throws(FFmpegFailure) {
        guard let size = Int32(exactly: bytes.count) else { throw FFmpegFailure(code: outOfMemory) }
        if pointer.pointee.size < size {
            try check(av_grow_packet(pointer, size - pointer.pointee.size))
        } else {
            av_shrink_packet(pointer, size)
        }
        let target = UnsafeMutableBufferPointer(start: pointer.pointee.data, count: bytes.count)
        _ = target.update(fromContentsOf: bytes)
    }
}
