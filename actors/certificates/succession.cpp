#include "actors/certificates/succession.hpp"

#include <utility>

namespace locust {

namespace {

/// Whether clients see the same server certificate.
bool same_server(const certificate_pair& a, const certificate_pair& b) {
  return a.certificate == b.certificate && a.key == b.key;
}

} // namespace

void succession::store(usable_pair pair, monotonic_time now) {
  if (!stored_ || !same_server(stored_->pair, pair.pair))
    distrusted_ = now;
  stored_ = std::move(pair);
}

void succession::saw_distrust(monotonic_time now) {
  distrusted_ = now;
}

bool succession::waits() const {
  return stored_ && !(served_ && same_server(stored_->pair, served_->pair));
}

std::optional<usable_pair> succession::take_due(bool trusted, moment now) {
  if (!waits())
    return std::nullopt;
  auto settled = trusted && now.steady - distrusted_ >= settle_for_;
  if (served_ && !settled && now.wall <= served_->facts.not_after)
    return std::nullopt;
  served_ = stored_;
  return served_;
}

} // namespace locust
