#pragma once

#include "protocol/api_call.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace locust {

/// Counts the bytes of answers that their receivers still hold. Any thread may
/// drop an answer, also after this object is gone.
class held_answers {
public:
  /// Returns the same text, which counts until its last user has dropped it.
  /// `text` must not be null.
  shared_text hold(shared_text text) const {
    auto size = text->size();
    *bytes_ += size;
    const auto* seen = text.get();
    return {seen, [text = std::move(text), size,
                   bytes = bytes_](const std::string*) mutable {
              text.reset();
              *bytes -= size;
            }};
  }

  size_t bytes() const {
    return *bytes_;
  }

private:
  std::shared_ptr<std::atomic<size_t>> bytes_ =
      std::make_shared<std::atomic<size_t>>(0);
};

} // namespace locust
