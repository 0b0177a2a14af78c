#include "actors/journal/line_queue.hpp"

#include <utility>

namespace locust {

bool line_queue::push(shared_text line) {
  if (bytes_ + line->size() > byte_limit) {
    ++lost_;
    return false;
  }
  bytes_ += line->size();
  entries_.push_back({std::move(line), std::exchange(lost_, 0)});
  return true;
}

std::vector<journal_entry> line_queue::take() {
  std::vector<journal_entry> batch;
  size_t taken = 0;
  while (!entries_.empty() && taken < batch_bytes) {
    taken += entries_.front().line->size();
    batch.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  bytes_ -= taken;
  if (batch.empty() && lost_ > 0)
    batch.push_back({nullptr, std::exchange(lost_, 0)});
  return batch;
}

bool line_queue::empty() const {
  return entries_.empty() && lost_ == 0;
}

} // namespace locust
