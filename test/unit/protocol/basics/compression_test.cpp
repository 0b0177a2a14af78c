#include "protocol/basics/compression.hpp"
#include "test/unit/support/gunzip.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace locust;

BOOST_AUTO_TEST_SUITE(compression)

BOOST_AUTO_TEST_CASE(what_is_compressed_comes_back) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 200'000; ++i, x = x * 1664525U + 1013904223U)
    noise += static_cast<char>(x >> 24U);
  for (const auto& text :
       {std::string(), std::string("a"), std::string(1'000'000, 'x'), noise,
        std::string("with\0nul", 8)}) {
    auto back = decompress(compress(text), 1'000'000);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((*back == text));
  }
}

BOOST_AUTO_TEST_CASE(a_gzip_file_has_the_whole_content) {
  for (const auto& text : {std::string(), std::string("with\0nul", 8),
                           std::string(1'000'000, 'x')}) {
    BOOST_TEST((test::gunzip(gzip(text)) == text));
    BOOST_TEST(gzip(text) == gzip(text));
  }
}

BOOST_AUTO_TEST_CASE(the_limit_is_exact) {
  for (size_t size : {size_t{10}, size_t{64} * 1024, size_t{200'000}}) {
    auto bytes = compress(std::string(size, 'x'));
    BOOST_TEST(decompress(bytes, size).has_value());
    BOOST_TEST(!decompress(bytes, size - 1).has_value());
  }
  BOOST_TEST(decompress(compress(""), 0).has_value());
}

BOOST_AUTO_TEST_CASE(results_take_no_more_memory_than_they_need) {
  // A status of each finished run is kept.
  auto packed = compress(std::string(3000, 'x'));
  BOOST_TEST(packed.capacity() < 200u);
  auto back = decompress(packed, 1'000'000);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->capacity() < 4000u);
}

BOOST_AUTO_TEST_CASE(a_bomb_is_refused) {
  std::string large;
  large.resize(50'000'000, 'x');
  auto bomb = compress(large);
  BOOST_TEST(bomb.size() < 100'000u);
  BOOST_TEST(!decompress(bomb, 1'000'000).has_value());
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  auto good = compress(std::string(1000, 'x') + "abc");
  auto cut = good.substr(0, good.size() - 1);
  auto longer = good + "x";
  auto wrong = good;
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  for (const auto& bytes : {std::string(), std::string("text"), cut, longer,
                            wrong, std::string("\x1f\x8b\x08\0\0\0\0\0", 8)})
    BOOST_TEST(!decompress(bytes, 10'000).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
