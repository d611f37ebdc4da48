package import CFFmpeg

/// How the numbers of a picture stand for colours.
package struct PixelKind: Equatable {
    package var format: AVPixelFormat
    /// The matrix between RGB and YUV, FFmpeg's `SWS_CS_*`; RGB ignores it.
    package var matrix = SWS_CS_ITU709
    /// Whether black to white is 0 ... 255, or 16 ... 235.
    package var isFullRange: Bool
    /// Where halved colour lies among the pixels.
    package var chromaLocation = AVCHROMA_LOC_UNSPECIFIED

    package static let rgb = PixelKind(format: AV_PIX_FMT_RGB24, isFullRange: true)

    /// RGB and opacity.
    package static let rgba = PixelKind(format: AV_PIX_FMT_RGBA, isFullRange: true)

    /// What .mp4 and .webm hold. Colour lies amid four pixels: browsers show it so without looking at the
    /// tag, and half a pixel to the side is a coloured seam around small things.
    package static let video = PixelKind(
        format: AV_PIX_FMT_YUV420P, matrix: SWS_CS_ITU709, isFullRange: false,
        chromaLocation: AVCHROMA_LOC_CENTER)

    /// Positions of halved colour from the left and from above, in 1/256 of a pixel. H.264 without a tag has
    /// it left.
    fileprivate var chromaPosition: (horizontal: Int, vertical: Int)? {
        guard format == AV_PIX_FMT_YUV420P else { return nil }
        return chromaLocation == AVCHROMA_LOC_CENTER ? (128, 128) : (0, 128)
    }
}

extension PixelKind {
    /// What a decoded picture says of itself. BT.709 where it says nothing: that is what is written here, and
    /// what players take for most clips.
    package init(of picture: Picture) {
        let frame = picture.pointer.pointee
        format = AVPixelFormat(frame.format)
        matrix =
            switch frame.colorspace {
            case AVCOL_SPC_SMPTE170M, AVCOL_SPC_BT470BG: SWS_CS_ITU601
            case AVCOL_SPC_BT2020_NCL: SWS_CS_BT2020
            default: SWS_CS_ITU709
            }
        let isRGB = av_pix_fmt_desc_get(format).pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
        isFullRange = isRGB || frame.color_range == AVCOL_RANGE_JPEG
        chromaLocation = frame.chroma_location
    }
}

/// Converts pictures of one size between two kinds of pixels: libswscale with exact rounding and full colour.
package final class PixelScaler {
    package let source: PixelKind
    package let width: Int
    package let height: Int
    private let context = sws_alloc_context()

    package init(from source: PixelKind, to target: PixelKind, width: Int, height: Int) throws(FFmpegFailure)
    {
        self.source = source
        self.width = width
        self.height = height
        guard let context else { throw FFmpegFailure(code: outOfMemory) }
        var options: [(name: String, value: Int)] = [
            ("srcw", width), ("srch", height), ("src_format", Int(source.format.rawValue)),
            ("dstw", width), ("dsth", height), ("dst_format", Int(target.format.rawValue)),
            ("sws_flags", Int(cffmpeg_scaling)),
        ]
        if let position = source.chromaPosition {
            options += [("src_h_chr_pos", position.horizontal), ("src_v_chr_pos", position.vertical)]
        }
        if let position = target.chromaPosition {
            options += [("dst_h_chr_pos", position.horizontal), ("dst_v_chr_pos", position.vertical)]
        }
        for (name, value) in options {
            try check(av_opt_set_int(UnsafeMutableRawPointer(context), name, Int64(value), 0))
        }
        try check(sws_init_context(context, nil, nil))
        // -1 for two kinds of RGB, where there is nothing to set.
        sws_setColorspaceDetails(
            context, sws_getCoefficients(source.matrix), source.isFullRange ? 1 : 0,
            sws_getCoefficients(target.matrix), target.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
    }

    deinit { sws_freeContext(context) }

    /// - Precondition: both pictures have the size that it was made for; FFmpeg does not look
    package func convert(_ source: Picture, to target: Picture) throws(FFmpegFailure) {
        try check(sws_scale_frame(context, target.pointer, source.pointer))
    }
}
