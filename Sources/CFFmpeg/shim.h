#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/crc.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// Swift imports no function-like macro and no computed constant; these give it the ones that are needed.
static inline int cffmpeg_error(int code) { return AVERROR(code); }
static const int cffmpeg_end_of_file = AVERROR_EOF;
static const int cffmpeg_no_decoder = AVERROR_DECODER_NOT_FOUND;

// Exact rounding, colour computed for every pixel, and the same numbers on every CPU.
// (An enumeration in newer versions, hence not taken from Swift.)
static const int cffmpeg_scaling =
    SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT;
