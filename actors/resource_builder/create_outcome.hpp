#pragma once

#include "protocol/run_messages.hpp"

#include <optional>
#include <string>
#include <string_view>

// From HTTP answers to the result for a child. Pure: returns the next request,
// which the actor sends.

namespace locust {

/// The next step after an answer of the API server.
struct create_step {
  enum class action : uint8_t {
    post,   ///< send the manifest (again)
    look,   ///< GET the object that has the name
    finish, ///< `result` is final
  };
  action next = action::finish;
  child_result result;
};

/// What counts of an existing object.
struct object_found {
  std::string uid;
  std::string resource_version;
  std::optional<owner_reference> owner;
  bool deleting = false;
  /// Of a Job.
  std::optional<int32_t> ttl_seconds;
};

/// One `create_child` being carried out:
///
///   post --201--> created
///     |--AlreadyExists--> look --ours--> adopted
///     |                     |--someone else's, or being deleted--> conflict
///     |                     `--404--> post once more
///     `--anything else--> refused or failed
class child_creation {
public:
  /// `name` is the child's.
  child_creation(child_kind child, std::string name, std::string test_uid);

  /// The answer to the POST.
  create_step after_post(const api_response& response);

  /// The answer to the GET.
  create_step after_look(const api_response& response);

private:
  child_result result_for(child_result::outcome what,
                          const api_response& response) const;
  create_step found(child_result::outcome what, const api_response& response,
                    const object_found& object) const;
  create_step not_made(const api_response& response, bool transient,
                       std::string why) const;

  child_kind child_;
  std::string name_;
  std::string test_uid_;
  /// How often an object blocked the POST but was gone at the GET.
  int vanished_ = 0;
};

/// Returns the result for a spec from which no manifest can be built.
child_result refused_before_sending(child_kind child, std::string name,
                                    std::string_view why);

/// Returns the owner of an object in words, for example
/// `LocustTest "a.b" (uid 6f0c)` or `nobody (created by hand)`.
std::string owner_in_words(const std::optional<owner_reference>& owner);

} // namespace locust
