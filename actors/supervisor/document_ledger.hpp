#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace locust {

/// Numbers the status documents that are sent to the writer, and maps each to
/// the revision of the state that it shows. Several documents can show the same
/// revision, because live figures are part of a document but not of the state.
/// Pure.
class document_ledger {
public:
  /// Returns the number of a new document, starting at 1. `stored` is the
  /// newest revision that is known to be stored.
  uint64_t add(uint64_t revision, uint64_t stored) {
    ++last_;
    // A document of a stored revision confirms nothing.
    bool is_new = revision > stored &&
                  (shown_.empty() || shown_.back().revision != revision);
    if (is_new)
      shown_.push_back({last_, revision});
    return last_;
  }

  /// Call when the document of this number, or a later one, is stored. Returns
  /// the newest revision that this confirms; nothing when it was confirmed
  /// before or the document was forgotten.
  std::optional<uint64_t> stored(uint64_t document) {
    std::optional<uint64_t> newest;
    stored_ = std::max(stored_, document);
    while (!shown_.empty() && shown_.front().document <= document) {
      newest = shown_.front().revision;
      shown_.pop_front();
    }
    return newest;
  }

  /// Whether a document was added since that is not known to be stored.
  bool is_pending() const {
    return stored_ < last_ && forgotten_ < last_;
  }

  /// Whether the document was added after the last `forget`.
  bool knows(uint64_t document) const {
    return document > forgotten_;
  }

  /// Call when the state is replaced: earlier documents confirm nothing about
  /// the new state.
  void forget() {
    forgotten_ = last_;
    shown_.clear();
  }

private:
  struct entry {
    uint64_t document = 0;
    uint64_t revision = 0;
  };

  uint64_t last_ = 0;
  uint64_t forgotten_ = 0;
  uint64_t stored_ = 0;
  /// The first document of each revision that is not confirmed yet.
  std::deque<entry> shown_;
};

} // namespace locust
