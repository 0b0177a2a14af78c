#include "protocol/basics/line_splitter.hpp"

namespace locust {

void line_splitter::feed(std::string_view bytes) {
  fresh_ = bytes;
}

std::optional<std::string_view> line_splitter::next() {
  if (carry_used_) {
    carry_.clear();
    carry_used_ = false;
  }
  while (!overflown_) {
    auto end = fresh_.find('\n');
    auto part = fresh_.substr(0, end);
    if (carry_.size() + part.size() > limit_) {
      overflown_ = true;
      carry_ = {};
      break;
    }
    if (end == std::string_view::npos) {
      carry_.append(part);
      fresh_ = {};
      return std::nullopt;
    }
    fresh_.remove_prefix(end + 1);
    auto line = part;
    if (!carry_.empty()) {
      carry_.append(part);
      carry_used_ = true;
      line = carry_;
    }
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (!line.empty())
      return line;
    if (carry_used_) {
      carry_.clear();
      carry_used_ = false;
    }
  }
  return std::nullopt;
}

} // namespace locust
