#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A C face of libsentencepiece: Swift cannot import SentencePieceProcessor, which has no copy or move constructor.
// No exception leaves these functions. A function that can fail writes a text of the reason, cut to `capacity` bytes
// with its last zero, into `error`.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sentencepiece_model sentencepiece_model;

/// Reads a model file; NULL and a text in `error` when it cannot.
sentencepiece_model *_Nullable sentencepiece_open(const char *_Nonnull path, char *_Nonnull error, size_t capacity);

void sentencepiece_close(sentencepiece_model *_Nullable model);

/// Number of pieces; their ids are 0 up to this.
int32_t sentencepiece_piece_count(const sentencepiece_model *_Nonnull model);

/// Id of the piece of exactly this text, or -1.
int32_t sentencepiece_piece_id(const sentencepiece_model *_Nonnull model, const char *_Nonnull piece);

/// Text of a piece, valid as long as the model; NULL when `id` is no piece.
const char *_Nullable sentencepiece_piece(const sentencepiece_model *_Nonnull model, int32_t id);

/// Id that stands for what the model does not know, or -1.
int32_t sentencepiece_unknown_id(const sentencepiece_model *_Nonnull model);

/// Whether the piece stands for one byte of a text that the model does not know.
bool sentencepiece_is_byte(const sentencepiece_model *_Nonnull model, int32_t id);

/// Whether the piece is a mark, such as the end of a text, that no text encodes to.
bool sentencepiece_is_control(const sentencepiece_model *_Nonnull model, int32_t id);

/// Encodes UTF-8 text and gives each id, and the byte of `text` at which its piece starts, to `receive`.
///
/// Returns false and a text in `error` when it cannot.
bool sentencepiece_encode(
    const sentencepiece_model *_Nonnull model, const char *_Nonnull text, size_t length, void *_Nullable context,
    void (*_Nonnull receive)(void *_Nullable context, int32_t id, uint32_t start), char *_Nonnull error,
    size_t capacity);

#ifdef __cplusplus
}
#endif
