#pragma once

#include "protocol/http.hpp"

#include <string>
#include <string_view>
#include <vector>

// /healthz and /readyz as programs of Kubernetes answer them. Pure.

namespace locust {

/// One thing that has to be well.
struct probe_check {
  std::string name;
  /// What is the matter; empty when it is well.
  std::string trouble;
};

/// Whether what `name` finds has a part in the answer: it is neither excluded
/// nor is another check asked for.
bool asks_for(const http_request& request, std::string_view endpoint,
              std::string_view name);

/// Answers a request to `endpoint` (`/readyz`) or to a check below it: 200, 500
/// when something asked for is not well, 404 for a check that is not there. The
/// query `verbose` lists the checks also on success, `exclude=NAME` leaves one
/// out.
http_answer answer_probe(const http_request& request, std::string_view endpoint,
                         std::vector<probe_check> checks);

} // namespace locust
