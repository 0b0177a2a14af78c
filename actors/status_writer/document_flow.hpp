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

// The status documents of one LocustTest that are to be sent to the API server.

namespace locust {

/// A `.status` to store.
struct status_document {
  object_key test;
  std::string test_uid;
  /// The newest resourceVersion that the sender observed.
  std::string resource_version;
  uint64_t revision = 0;
  /// False: it may wait so that later changes join it.
  bool urgent = true;
  shared_text document;
  /// The end of its history, and the end of the stored history that it extends.
  history_mark end;
  history_mark base;
  /// Conditions of other controllers at `resource_version`, as a JSON list;
  /// empty for none. They are stored with the document.
  std::string other_conditions{};
  /// `load` of the document, a JSON object; null for none.
  shared_text load{};
};

/// Figures to store when nothing else has changed since the last document.
struct status_figures {
  object_key test;
  std::string test_uid;
  shared_text load; ///< `.status.load`, a JSON object; never null
};

/// The result of an answer.
struct write_outcome {
  struct saved {
    uint64_t revision = 0;
    std::string resource_version;

    bool operator==(const saved&) const = default;
  };

  /// The document of this revision is stored.
  std::optional<saved> stored;
  /// Another client wrote the status since the sender restored its state: the
  /// document is dropped, and the sender must restore the state from this one.
  std::optional<stored_test> superseded;
  /// The LocustTest is gone, or another object has its name.
  bool vanished = false;
  /// Log message about its LocustTest; empty for none.
  std::string trouble;
  /// The write failed with this HTTP status (0: no answer) and is repeated. Not
  /// set for conflicts, which are normal.
  std::optional<int> failed_with;
};

///                save                    take
///   nothing --> document waiting --------> patch under way --2xx--> stored
///                ^  ^   a newer one           | 409, or 422 about the uid
///                |  |   replaces it           v
///                |  +-- same uid ------- read under way --404, other uid
///                +----- rejected: later       |       --> vanished
///                                             +--> another writer is ahead:
///                                                  dropped, superseded
///
/// Figures are written when no document waits, which would contain them. They
/// need what this process has stored last, unchanged since: otherwise they ask
/// for a whole document.
///
/// At most one request is in flight, so writes cannot overtake each other. A
/// write with an unknown result is sent again: if it was stored, the answer is
/// 409, and after the read the same document changes nothing.
class document_flow {
public:
  /// How long a document that is not urgent waits for others to join it.
  static constexpr std::chrono::seconds coalesce_for{2};
  /// Minimum interval between writes that are not urgent (live figures).
  static constexpr std::chrono::seconds low_priority_interval{5};
  /// Number of consecutive transient failures (about 1 s) after which one
  /// warning is logged.
  static constexpr unsigned failures_before_warning = 5;

  /// Adds a document; it replaces a waiting one.
  void save(status_document document, monotonic_time now);

  /// Makes a waiting document due immediately.
  void flush(monotonic_time now);

  /// Adds figures; they replace waiting ones.
  void show(status_figures figures, monotonic_time now);

  /// When `take` may be called; nothing while a request is in flight or no
  /// document waits.
  std::optional<monotonic_time> due() const;

  /// Whether the waiting document is urgent.
  bool urgent() const;

  /// Returns the request to send now. Only call it when `due`.
  api_request take();

  /// Since when figures wait that may be written now, or from when on they may.
  /// Nothing while a document waits or a request is in flight.
  std::optional<monotonic_time> figures_due() const;

  /// Whether they are the first ones of the test that are written.
  bool are_first() const;

  /// Returns the request that writes the figures; nothing if they need a whole
  /// document, or are stored already. Only call it when `figures_due`.
  struct figures_step {
    std::optional<api_request> request;
    bool wants_document = false;
  };
  figures_step take_figures();

  /// Handles the answer to the request in flight.
  write_outcome answered(const api_response& response, monotonic_time now);

  bool in_flight() const;

private:
  enum class stage : uint8_t {
    patch,            ///< write the document
    explain_conflict, ///< read why it was refused with 409
    explain_refusal,  ///< read whether a 422 was about the uid
    figures,          ///< write figures
  };

  /// What this process has stored last.
  struct stored_base {
    std::string resource_version;
    shared_text load; ///< null for none
  };

  write_outcome patched(const api_response& response, monotonic_time now);
  write_outcome figures_patched(const api_response& response,
                                monotonic_time now);
  write_outcome explained(const api_response& response, monotonic_time now);
  write_outcome stored(const api_response& response, monotonic_time now);
  void conflict_explained(stored_test found, monotonic_time now,
                          write_outcome& outcome);
  bool is_foreign(const stored_test& found) const;
  bool is_garbled(const stored_test& found) const;
  std::string put_off(const api_response& response, monotonic_time now);
  std::string keep_refused(monotonic_time now);
  bool newest_is_sent() const;
  bool newest_under_way() const;

  /// The newest document that is not known to be stored; waiting unless it is
  /// in flight.
  std::optional<status_document> newest_;
  /// Number of documents so far, and the number of the one sent last.
  uint64_t arrivals_ = 0;
  uint64_t sent_arrival_ = 0;
  uint64_t sent_revision_ = 0;
  bool sent_urgent_ = false;
  /// Urgency of the waiting document, inherited from documents that it replaced
  /// before they were stored.
  bool urgent_ = false;
  monotonic_time waiting_since_{};
  /// Earliest time of the next request after a failure.
  monotonic_time not_before_{};
  std::optional<monotonic_time> low_priority_stored_at_;
  /// The newest resourceVersion that the API server returned.
  std::string resource_version_;
  /// The conditions of other controllers at that version, and those of the
  /// document that was sent last.
  std::string other_conditions_;
  std::string sent_conditions_;
  /// The end of the history that was stored last; absent if none was.
  std::optional<history_mark> stored_end_;
  /// Ends of the histories that were sent since and may be stored.
  std::vector<history_mark> sent_ends_;
  stage stage_ = stage::patch;
  bool in_flight_ = false;
  /// Nothing when somebody else may have changed the object since.
  std::optional<stored_base> base_;
  std::optional<status_figures> figures_;
  monotonic_time figures_since_{};
  shared_text sent_load_;
  unsigned figures_failures_ = 0;
  unsigned failures_ = 0;
  unsigned conflicts_ = 0;
  /// The server's message about the write that is being explained.
  std::string refusal_;
  /// The newest document was rejected; another one may be accepted.
  bool refused_ = false;
  /// The rejection that was logged last.
  std::string logged_refusal_;
};

} // namespace locust
