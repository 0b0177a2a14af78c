#pragma once

#include "actors/status_writer/status_patch.hpp"
#include "protocol/api_call.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One LocustTest's status documents on their way to the API server.

namespace locust {

/// A whole `.status` that is to be stored.
struct status_document {
  object_key test;
  std::string test_uid;
  /// The newest one that the sender has seen.
  std::string resource_version;
  uint64_t revision = 0;
  /// False when it may wait a moment for more to come.
  bool urgent = true;
  text document;
  /// The end of its history, and of that which it was made from.
  history_mark end;
  history_mark base;
};

/// What an answer led to.
struct write_outcome {
  struct saved {
    uint64_t revision = 0;
    std::string resource_version;

    bool operator==(const saved&) const = default;
  };

  /// The document of this revision is stored.
  std::optional<saved> stored;
  /// Somebody else has written the status since the sender took its state from
  /// it: the document is dropped, and the sender has to begin with this one.
  std::optional<stored_test> superseded;
  /// The LocustTest is gone, or another one has its name.
  bool vanished = false;
  /// What to tell the log about its LocustTest; empty for nothing.
  std::string trouble;
};

///                save                    take
///   nothing --> document waiting --------> patch under way --2xx--> stored
///                ^  ^   a newer one           | 409, or 422 about the uid
///                |  |   replaces it           v
///                |  +-- same uid ------- read under way --404, other uid
///                +----- refused: later        |       --> vanished
///                                             +--> somebody else is ahead:
///                                                  dropped, superseded
///
/// Never more than one request under way, so writes cannot overtake each other.
/// A write whose outcome is unknown is sent again: had it been stored, the
/// answer is 409, and after the read the same document changes nothing.
class document_flow {
public:
  /// A document that is not urgent waits so long for others to join it.
  static constexpr std::chrono::seconds coalesce_for{2};
  /// Documents that are not urgent (figures that go up and down all the time)
  /// are stored at most once in so long.
  static constexpr std::chrono::seconds calm_interval{5};
  /// The log hears of transient failures in a row from this one on (about 1 s
  /// of them), once.
  static constexpr unsigned loud_failures = 5;

  /// Takes a document; it replaces the one that waits.
  void save(status_document document, monotonic_time now);

  /// What waits is due at once, whatever held it back.
  void flush(monotonic_time now);

  /// When `take` may be called; nothing while a request is under way or nothing
  /// waits.
  std::optional<monotonic_time> due() const;

  /// Whether what waits is urgent.
  bool urgent() const;

  /// Returns the request to send now. Call only when `due`.
  api_request take();

  /// Takes the answer to that request.
  write_outcome answered(const api_response& response, monotonic_time now);

  bool in_flight() const;

private:
  enum class stage : uint8_t {
    patch,            ///< write the document
    explain_conflict, ///< read why it was refused with 409
    explain_refusal,  ///< read whether a 422 was about the uid
  };

  write_outcome patched(const api_response& response, monotonic_time now);
  write_outcome explained(const api_response& response, monotonic_time now);
  write_outcome stored(const api_response& response, monotonic_time now);
  void conflict_explained(stored_test found, monotonic_time now,
                          write_outcome& outcome);
  bool is_foreign(const history_mark& end) const;
  std::string put_off(const api_response& response, monotonic_time now);
  std::string keep_refused(monotonic_time now);
  bool newest_is_sent() const;
  bool newest_under_way() const;

  /// The newest document that is not known to be stored; waits unless it is the
  /// one under way.
  std::optional<status_document> newest_;
  /// Number of documents so far, and which of them was sent last.
  uint64_t arrivals_ = 0;
  uint64_t sent_arrival_ = 0;
  uint64_t sent_revision_ = 0;
  bool sent_urgent_ = false;
  /// Of what waits: it may have been told by an older document that this one
  /// replaced, and that nobody has stored.
  bool urgent_ = false;
  monotonic_time waiting_since_{};
  /// Not before then, after a failure.
  monotonic_time not_before_{};
  std::optional<monotonic_time> calm_stored_;
  /// The newest one that the API server told us.
  std::string resource_version_;
  /// The end of what we stored last; nothing: nothing yet.
  std::optional<history_mark> stored_end_;
  /// Of what was sent since, and may be stored.
  std::vector<history_mark> sent_ends_;
  stage stage_ = stage::patch;
  bool in_flight_ = false;
  unsigned failures_ = 0;
  unsigned conflicts_ = 0;
  /// What the server said to the write that is being explained.
  std::string refusal_;
  /// The newest document was refused as such; another one may be taken.
  bool refused_ = false;
  /// The refusal that the log was told of last.
  std::string told_refusal_;
};

} // namespace locust
