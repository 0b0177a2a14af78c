#include "protocol/json/pruned.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>

#include <vector>

namespace locust::json {

namespace {

/// A filter between RapidJSON's reader and the document: forwards the events of
/// wanted members and corrects member counts.
class pruner {
public:
  using size_type = rapidjson::SizeType;

  pruner(document& to, std::span<const wanted> members)
      : to_(to), values_(to), next_(members) {
    open_.reserve(16);
  }

  bool Null() {
    return !takes_value() || to_.Null();
  }

  bool Bool(bool x) {
    return !takes_value() || to_.Bool(x);
  }

  bool Int(int x) {
    return !takes_value() || to_.Int(x);
  }

  bool Uint(unsigned x) {
    return !takes_value() || to_.Uint(x);
  }

  bool Int64(int64_t x) {
    return !takes_value() || to_.Int64(x);
  }

  bool Uint64(uint64_t x) {
    return !takes_value() || to_.Uint64(x);
  }

  bool Double(double x) {
    return !takes_value() || to_.Double(x);
  }

  bool RawNumber(const char* x, size_type size, bool) {
    return !takes_value() || values_.number(x, size);
  }

  bool String(const char* x, size_type size, bool copy) {
    return !takes_value() || values_.text(x, size, copy);
  }

  bool StartObject() {
    return !too_deep() && (!enter(true) || to_.StartObject());
  }

  bool StartArray() {
    return !too_deep() && (!enter(false) || to_.StartArray());
  }

  bool Key(const char* x, size_type size, bool copy) {
    if (skipped_depth_ > 0)
      return true;
    const auto& members = open_.back().members;
    if (members.empty()) {
      next_ = {};
      return values_.key(x, size, copy);
    }
    std::string_view name(x, size);
    for (const auto& candidate : members) {
      if (candidate.name == name) {
        next_ = candidate.members;
        return values_.key(x, size, copy);
      }
    }
    skip_next_ = true;
    return true;
  }

  bool EndObject(size_type) {
    return leave([this](size_type count) { return to_.EndObject(count); });
  }

  bool EndArray(size_type) {
    return leave([this](size_type count) { return to_.EndArray(count); });
  }

  /// Why the filter stopped the reader.
  rapidjson::ParseErrorCode fault() const {
    return values_.fault();
  }

  bool too_deep() const {
    return open_.size() + skipped_depth_ >= depth_limit;
  }

private:
  /// An object or array that is kept.
  struct level {
    std::span<const wanted> members;
    bool is_object;
    size_type count = 0;
  };

  /// Returns whether the next value is kept, and counts it.
  bool takes_value() {
    if (skipped_depth_ > 0)
      return false;
    if (skip_next_) {
      skip_next_ = false;
      return false;
    }
    if (!open_.empty())
      ++open_.back().count;
    return true;
  }

  /// Descends one level; returns whether it is kept.
  bool enter(bool is_object) {
    if (!takes_value()) {
      ++skipped_depth_;
      return false;
    }
    auto in_array = !open_.empty() && !open_.back().is_object;
    open_.push_back({in_array ? open_.back().members : next_, is_object});
    return true;
  }

  template <class F>
  bool leave(F pass_on) {
    if (skipped_depth_ > 0) {
      --skipped_depth_;
      return true;
    }
    auto count = open_.back().count;
    open_.pop_back();
    return pass_on(count);
  }

  document& to_;
  strict_values values_;
  std::vector<level> open_;
  std::span<const wanted> next_;
  bool skip_next_ = false;
  size_t skipped_depth_ = 0;
};

} // namespace

result<document> parse_pruned(std::string_view text,
                              std::span<const wanted> members,
                              document::AllocatorType& allocator) {
  document result(&allocator);
  rapidjson::Reader reader;
  rapidjson::ParseResult outcome;
  bool too_deep = false;
  auto read = [&](document& into) {
    pruner handler(into, members);
    rapidjson::MemoryStream stream(text.data(), text.size());
    outcome = reader.Parse<parse_flags>(stream, handler);
    auto stopped = outcome.Code() == rapidjson::kParseErrorTermination;
    too_deep = stopped && handler.too_deep();
    if (stopped)
      outcome.Set(handler.fault(), outcome.Offset());
    // The reader treats a NUL byte as the end.
    if (!outcome.IsError() && stream.Tell() != text.size())
      outcome.Set(rapidjson::kParseErrorDocumentRootNotSingular, stream.Tell());
    return !outcome.IsError();
  };
  result.Populate(read);
  if (!outcome.IsError())
    return result;
  auto at = std::to_string(outcome.Offset());
  if (too_deep)
    return fail(errc::malformed, "JSON nested deeper than " +
                                     std::to_string(depth_limit) +
                                     " levels at byte " + at);
  return fail(errc::malformed, "not valid JSON at byte " + at + ": " +
                                   rapidjson::GetParseError_En(outcome.Code()));
}

} // namespace locust::json
