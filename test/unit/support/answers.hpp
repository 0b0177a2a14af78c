#pragma once

#include "protocol/api_call.hpp"

#include <memory>
#include <string>
#include <utility>

namespace locust::test {

/// An answer of the API server; status 0: no answer.
inline api_response answer(int status, std::string body = {}) {
  api_response result;
  result.status = status;
  result.body = std::make_shared<const std::string>(std::move(body));
  if (status == 0)
    result.failure = "connection reset";
  return result;
}

} // namespace locust::test
