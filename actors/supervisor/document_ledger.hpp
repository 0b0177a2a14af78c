#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace locust {

/// Numbers the status documents that go to the writer, and knows which revision
/// of the state each of them shows. Several may show one: what fluctuates is in
/// documents, but is no change of the state. Pure.
class document_ledger {
public:
  /// Returns the number of a new document, counted from 1. `stored` is the
  /// newest revision that is known to be stored.
  uint64_t add(uint64_t revision, uint64_t stored) {
    ++last_;
    // One that shows nothing new confirms nothing.
    bool is_new = revision > stored &&
                  (shown_.empty() || shown_.back().revision != revision);
    if (is_new)
      shown_.push_back({last_, revision});
    return last_;
  }

  /// The document of this number, or a later one, is stored. Returns the newest
  /// revision that is thereby known to be stored; nothing when that was known,
  /// or when the document was forgotten.
  std::optional<uint64_t> stored(uint64_t document) {
    std::optional<uint64_t> newest;
    while (!shown_.empty() && shown_.front().document <= document) {
      newest = shown_.front().revision;
      shown_.pop_front();
    }
    return newest;
  }

  /// Whether the document is one of those since `forget`.
  bool knows(uint64_t document) const {
    return document > forgotten_;
  }

  /// The state is another one: earlier documents confirm nothing of it.
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
  /// The first document of each revision that is not known to be stored.
  std::deque<entry> shown_;
};

} // namespace locust
