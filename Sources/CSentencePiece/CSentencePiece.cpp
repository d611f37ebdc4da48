#include "CSentencePiece.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

struct sentencepiece_model {
    sentencepiece::SentencePieceProcessor processor;
};

namespace {

void report(const std::string &text, char *error, size_t capacity) {
    if (capacity == 0) return;
    const size_t length = std::min(text.size(), capacity - 1);
    std::memcpy(error, text.data(), length);
    error[length] = 0;
}

bool is_piece(const sentencepiece_model *model, int32_t id) {
    return id >= 0 && id < model->processor.GetPieceSize();
}

}  // namespace

extern "C" {

sentencepiece_model *sentencepiece_open(const char *path, char *error, size_t capacity) try {
    auto model = std::make_unique<sentencepiece_model>();
    const auto status = model->processor.Load(path);
    if (!status.ok()) {
        report(status.ToString(), error, capacity);
        return nullptr;
    }
    return model.release();
} catch (const std::exception &exception) {
    report(exception.what(), error, capacity);
    return nullptr;
}

void sentencepiece_close(sentencepiece_model *model) { delete model; }

int32_t sentencepiece_piece_count(const sentencepiece_model *model) { return model->processor.GetPieceSize(); }

int32_t sentencepiece_piece_id(const sentencepiece_model *model, const char *piece) try {
    const int id = model->processor.PieceToId(piece);
    return is_piece(model, id) && model->processor.IdToPiece(id) == piece ? id : -1;
} catch (const std::exception &) {
    return -1;
}

const char *sentencepiece_piece(const sentencepiece_model *model, int32_t id) {
    return is_piece(model, id) ? model->processor.IdToPiece(id).c_str() : nullptr;
}

int32_t sentencepiece_unknown_id(const sentencepiece_model *model) { return model->processor.unk_id(); }

bool sentencepiece_is_byte(const sentencepiece_model *model, int32_t id) {
    return is_piece(model, id) && model->processor.IsByte(id);
}

bool sentencepiece_is_control(const sentencepiece_model *model, int32_t id) {
    return is_piece(model, id) && model->processor.IsControl(id);
}

bool sentencepiece_encode(
    const sentencepiece_model *model, const char *text, size_t length, void *context,
    void (*receive)(void *context, int32_t id, uint32_t start), char *error, size_t capacity) try {
    const auto status = model->processor.status();
    if (!status.ok()) {
        report(status.ToString(), error, capacity);
        return false;
    }
    const auto encoded = model->processor.EncodeAsImmutableProto(absl::string_view(text, length));
    for (const auto &piece : encoded.pieces()) receive(context, static_cast<int32_t>(piece.id()), piece.begin());
    return true;
} catch (const std::exception &exception) {
    report(exception.what(), error, capacity);
    return false;
}

}  // extern "C"
