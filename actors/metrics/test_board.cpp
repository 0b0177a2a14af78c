#include "actors/metrics/test_board.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace locust {

namespace {

bool goes_on(test_phase phase) {
  return phase == test_phase::pending || phase == test_phase::running;
}

} // namespace

struct test_board::entry {
  object_key key;
  uint64_t number = 0;
  timestamp created{};

  // Changed by the seat alone, under the lock of the board.
  test_phase phase = test_phase::unknown;
  std::optional<timestamp> ended_at;

  mutable std::mutex mutex;
  // Under this lock:
  worker_counts workers;
  std::unique_ptr<load_figures> load;
};

bool test_board::by_rank::operator()(const entry_ptr& a,
                                     const entry_ptr& b) const {
  auto place = [](const entry& e) {
    auto when = e.ended_at ? -e.ended_at->time_since_epoch()
                           : e.created.time_since_epoch();
    return std::tuple<bool, decltype(when), const object_key&, uint64_t>(
        e.ended_at.has_value(), when, e.key, e.number);
  };
  return place(*a) < place(*b);
}

test_board::test_board(size_t most) : most_(most) {
  // nop
}

test_board::~test_board() {
  // Out of line: `entry` is complete only here.
}

test_board::ranking::iterator test_board::join(object_key key,
                                               timestamp created) {
  auto made = std::make_shared<entry>();
  made->key = std::move(key);
  made->created = created;
  std::lock_guard guard{mutex_};
  made->number = ++last_number_;
  ++phases_[static_cast<size_t>(made->phase)];
  ++live_;
  return ranked_.insert(std::move(made)).first;
}

void test_board::leave(ranking::iterator at) {
  std::lock_guard guard{mutex_};
  --phases_[static_cast<size_t>((*at)->phase)];
  live_ -= (*at)->ended_at ? 0 : 1;
  ranked_.erase(at);
}

test_board::ranking::iterator test_board::show(ranking::iterator at,
                                               const test_progress& now) {
  auto& one = **at;
  {
    std::lock_guard guard{one.mutex};
    one.workers = now.workers;
    if (now.phase != test_phase::running || !now.answers)
      one.load.reset();
  }
  if (one.phase == now.phase && one.ended_at == now.ended_at)
    return at;
  std::lock_guard guard{mutex_};
  auto moved = ranked_.extract(at);
  --phases_[static_cast<size_t>(one.phase)];
  live_ -= one.ended_at ? 0 : 1;
  one.phase = now.phase;
  one.ended_at = now.ended_at;
  ++phases_[static_cast<size_t>(one.phase)];
  live_ += one.ended_at ? 0 : 1;
  return ranked_.insert(std::move(moved)).position;
}

void test_board::measure(const entry_ptr& at, const load_figures& load) {
  std::lock_guard guard{at->mutex};
  if (at->load)
    *at->load = load;
  else
    at->load = std::make_unique<load_figures>(load);
}

test_view test_board::view_of(const entry& one, test_phase phase) {
  test_view view;
  view.phase = phase;
  std::lock_guard guard{one.mutex};
  if (goes_on(phase))
    view.workers = one.workers;
  if (one.load)
    view.load = *one.load;
  return view;
}

test_census test_board::census() const {
  struct seen {
    entry_ptr of;
    test_phase phase = test_phase::unknown;
  };
  std::vector<seen> first;
  test_census result;
  auto& others = result.others;
  {
    std::lock_guard guard{mutex_};
    auto count = std::min(ranked_.size(), std::max(live_, most_));
    first.reserve(count);
    auto end = std::next(ranked_.begin(), static_cast<ptrdiff_t>(count));
    std::transform(ranked_.begin(), end, std::back_inserter(first),
                   [](const entry_ptr& one) {
                     return seen{one, one->phase};
                   });
    others.phases = phases_;
  }
  auto rest =
      first.begin() + static_cast<ptrdiff_t>(std::min(first.size(), most_));
  std::for_each(rest, first.end(), [&](const seen& one) {
    add_figures(others, view_of(*one.of, one.phase));
  });
  first.erase(rest, first.end());
  for (const auto& one : first)
    --others.phases[static_cast<size_t>(one.phase)];
  std::sort(first.begin(), first.end(), [](const seen& a, const seen& b) {
    return std::tie(a.of->key, b.of->number) <
           std::tie(b.of->key, a.of->number);
  });
  first.erase(std::unique(first.begin(), first.end(),
                          [](const seen& a, const seen& b) {
                            return a.of->key == b.of->key;
                          }),
              first.end());
  result.own.reserve(first.size());
  for (const auto& one : first) {
    result.own.push_back(view_of(*one.of, one.phase));
    result.own.back().key = one.of->key;
  }
  return result;
}

test_seat::test_seat(test_board* board, const object_key& key,
                     timestamp created)
    : board_(board) {
  if (board_ != nullptr)
    at_ = board_->join(key, created);
}

test_seat::~test_seat() {
  if (board_ != nullptr)
    board_->leave(at_);
}

void test_seat::show(const test_progress& now) {
  if (board_ != nullptr)
    at_ = board_->show(at_, now);
}

void test_seat::measure(const load_figures& load) const {
  if (board_ != nullptr)
    test_board::measure(*at_, load);
}

} // namespace locust
