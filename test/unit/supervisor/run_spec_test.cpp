#include "actors/supervisor/run_spec.hpp"
#include "actors/supervisor/status_document.hpp"
#include "protocol/basics/base64.hpp"
#include "protocol/basics/compression.hpp"
#include "protocol/json.hpp"
#include "test/unit/supervisor/stage.hpp"

// The spec of the run in the status (docs/behaviour/lifecycle.md#run-spec).

using namespace locust;
using namespace locust::testing;

namespace {

/// A spec of this size that compresses well.
std::string large_spec(size_t size) {
  auto spec = spec_text("image-a");
  return spec.substr(0, spec.size() - 1) + R"(,"env":")" +
         std::string(size - spec.size() - 9, 'x') + "\"}";
}

/// Text that does not become smaller.
std::string noise(size_t size) {
  std::string text;
  for (unsigned x = 1; text.size() < size; x = x * 1664525U + 1013904223U)
    text += static_cast<char>(x >> 24U);
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_spec)

BOOST_AUTO_TEST_CASE(a_usual_spec_is_stored_as_it_is) {
  auto spec = large_spec(plain_spec_limit);
  BOOST_REQUIRE(spec.size() == plain_spec_limit);
  auto packed = pack_spec(spec);
  BOOST_TEST((packed.plain == spec));
  BOOST_TEST(packed.compressed.empty());
  BOOST_TEST((unpack_spec(packed) == spec));
  BOOST_TEST(unpack_spec(pack_spec("")).empty());
}

BOOST_AUTO_TEST_CASE(a_large_spec_is_stored_compressed) {
  for (auto size : {plain_spec_limit + 1, size_t{1'200'000}}) {
    auto spec = large_spec(size);
    auto packed = pack_spec(spec);
    BOOST_TEST(packed.plain.empty());
    BOOST_TEST(packed.compressed.size() < 10'000u);
    BOOST_TEST((unpack_spec(packed) == spec));
  }
}

BOOST_AUTO_TEST_CASE(a_spec_that_stays_too_large_is_left_out) {
  auto packed = pack_spec(noise(compressed_spec_limit));
  BOOST_TEST(packed.plain.empty());
  BOOST_TEST(packed.compressed.empty());
}

BOOST_AUTO_TEST_CASE(a_forged_one_is_ignored) {
  auto bomb = compress(std::string(unpacked_spec_limit + 1, 'x'));
  for (const auto& text :
       {std::string("%"), encode_base64("no zlib"), encode_base64(bomb),
        std::string(compressed_spec_limit + 1, 'A')})
    BOOST_TEST(unpack_spec({"", text}).empty());
  BOOST_TEST(unpack_spec({"plain", encode_base64(compress("other"))}) ==
             "plain");
}

BOOST_AUTO_TEST_CASE(a_restarted_operator_goes_on_with_a_large_spec) {
  auto s = stage::started();
  auto spec = large_spec(700'000);
  auto status = render_status(s.core.state(), spec);
  BOOST_TEST(status.size() < 20'000u);
  BOOST_TEST(status.find("\"runSpec\"") == std::string::npos);
  auto again = stage::found(status);
  BOOST_REQUIRE(again.core.run_spec() != nullptr);
  BOOST_TEST((*again.core.run_spec() == spec));
}

BOOST_AUTO_TEST_CASE(a_version_that_does_not_know_the_field_goes_on) {
  auto s = stage::started();
  auto status =
      json::parse(render_status(s.core.state(), large_spec(700'000))).value();
  status.RemoveMember("compressedRunSpec");
  auto again = stage::found(json::dump(status));
  BOOST_TEST((again.core.run_spec() == nullptr));
  again.then_phase("Running");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_over_keeps_no_spec) {
  auto s = stage::started();
  s.shows(master_pod().exits(0)).shows(the_master().complete());
  auto status = render_status(s.core.state(), large_spec(700'000));
  BOOST_TEST(status.find("RunSpec") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
