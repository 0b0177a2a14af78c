#include "protocol/finished_run.hpp"

#include "protocol/basics/compression.hpp"

#include <utility>

namespace locust {

namespace {

/// No status is larger, in bytes: the API server takes requests of 3 MiB.
constexpr size_t status_limit = size_t{3} * 1024 * 1024;

std::string unpacked_status(const finished_run& run) {
  return decompress(run.packed_status, status_limit).value_or("");
}

} // namespace

std::string pack_status(const std::string& status) {
  auto packed = compress(status);
  packed.shrink_to_fit();
  return packed;
}

bool is_unchanged(const finished_run& run, const locust_test& test) {
  return !test.deleting && test.status && *test.status == unpacked_status(run);
}

std::shared_ptr<const locust_test>
as_observed(const finished_run& run, const object_key& key, std::string uid) {
  auto test = std::make_shared<locust_test>();
  test->key = key;
  test->uid = std::move(uid);
  test->resource_version = run.resource_version;
  test->generation = run.generation;
  test->status = std::make_shared<const std::string>(unpacked_status(run));
  return test;
}

} // namespace locust
