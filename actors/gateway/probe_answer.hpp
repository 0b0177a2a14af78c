#pragma once

#include "protocol/http.hpp"

#include <string>
#include <string_view>
#include <vector>

// /healthz and /readyz as Kubernetes components answer them. Pure.

namespace locust {

/// The result of one check.
struct probe_check {
  std::string name;
  /// Why it failed; empty if it passed.
  std::string trouble;
};

/// Returns whether the answer depends on the check `name`: it is not excluded,
/// and no other check is requested.
bool asks_for(const http_request& request, std::string_view endpoint,
              std::string_view name);

/// Answers a request to `endpoint` (`/readyz`) or to a check below it: 200, 500
/// if a requested check failed, 404 for an unknown check. The query `verbose`
/// lists the checks also on success, `exclude=NAME` leaves one out.
http_answer answer_probe(const http_request& request, std::string_view endpoint,
                         std::vector<probe_check> checks);

} // namespace locust
