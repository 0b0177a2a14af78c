#include "actors/supervisor/spec_digest.hpp"

#include "actors/resource_builder/spec_facts.hpp"
#include "protocol/json.hpp"

namespace locust {

spec_digest digest_of(const std::string& spec) {
  spec_digest result;
  result.hash = spec_hash(spec);
  result.workers = expected_workers(spec);
  if (auto doc = json::parse(spec)) {
    result.test_files = json::text_at(*doc, {"testFiles", "configMapRef"});
    if (result.test_files.empty())
      result.test_files = json::text_at(*doc, {"testFiles", "libConfigMapRef"});
  }
  return result;
}

} // namespace locust
