#pragma once

#include "protocol/api_call.hpp"
#include "protocol/command.hpp"
#include "protocol/kubernetes.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// A core/v1 Event about a LocustTest and the requests that store it.

namespace locust {

/// The Event to store.
struct event_object {
  /// The involved LocustTest; the Event is in the same namespace.
  object_key test;
  std::string test_uid;
  std::string name;
  severity type = severity::normal;
  std::string reason;
  std::string message;
  timestamp first{};
  timestamp last{};
  int32_t count = 1;

  bool operator==(const event_object&) const = default;
};

/// Returns `<test>.<16 hex digits>`. The digits depend only on the other
/// arguments, so that an Event from before a restart is not published twice.
/// Truncates very long test names, because the result must be a DNS subdomain.
std::string event_name(std::string_view test, std::string_view test_uid,
                       uint64_t sequence, std::string_view reason);

/// Returns the request that creates the Event; 409 means that it exists.
api_request create_event(const event_object& event);

/// Returns the request that updates count, time and message of an existing
/// Event.
api_request update_event(const event_object& event);

} // namespace locust
