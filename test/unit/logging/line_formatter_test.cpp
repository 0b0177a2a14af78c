#include "actors/logging/line_formatter.hpp"
#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

using namespace locust;

namespace {

const object_key key{"ns", "t"};

const object_key long_key{"a-namespace-with-a-long-name", "and-a-long-test"};

object_line line_of(std::string_view message) {
  return {"supervisor", key, "u-1", message, "run_began", "Pending", "Running"};
}

/// A logger into a text.
struct log_of {
  explicit log_of(log_format format) {
    sink->set_formatter(std::make_unique<line_formatter>(format));
  }

  std::ostringstream out;
  std::shared_ptr<spdlog::sinks::ostream_sink_st> sink =
      std::make_shared<spdlog::sinks::ostream_sink_st>(out);
  spdlog::logger log{"x", sink};
};

json::document parsed(const std::string& line) {
  auto doc = json::parse(line);
  BOOST_TEST_REQUIRE(doc.has_value());
  return std::move(*doc);
}

} // namespace

BOOST_AUTO_TEST_SUITE(line_formatter_)

BOOST_AUTO_TEST_CASE(what_is_packed_comes_out_again) {
  auto text = packed(line_of("words"));
  auto fields = unpacked(text);
  BOOST_TEST(fields.logger == "supervisor");
  BOOST_TEST(fields.test == "ns/t");
  BOOST_TEST(fields.uid == "u-1");
  BOOST_TEST(fields.event == "run_began");
  BOOST_TEST(fields.before == "Pending");
  BOOST_TEST(fields.phase == "Running");
  BOOST_TEST(fields.message == "words");
}

BOOST_AUTO_TEST_CASE(long_names_come_out_again) {
  auto text = packed({"supervisor", long_key, "u-1", "words"});
  BOOST_TEST(unpacked(text).test ==
             "a-namespace-with-a-long-name/and-a-long-test");
}

BOOST_AUTO_TEST_CASE(fields_cannot_be_forged) {
  object_key odd{"n\x1fs", "t\x1e"};
  auto text = packed({"l", odd, "u\x1f", "m\x1fm\x1e", "", "", ""});
  auto fields = unpacked(text);
  BOOST_TEST(fields.test == "n?s/t?");
  BOOST_TEST(fields.uid == "u?");
  BOOST_TEST(fields.phase == "");
  BOOST_TEST(fields.message == "m\x1fm\x1e");
}

BOOST_AUTO_TEST_CASE(any_text_can_be_unpacked) {
  for (const char* text : {"", "words", "\x1e", "\x1e\x1f",
                           "\x1e"
                           "a\x1f"
                           "b",
                           "a\x1e"
                           "b\x1f"}) {
    auto fields = unpacked(text);
    BOOST_TEST((!fields.logger.empty() || fields.message == text ||
                text[0] == '\x1e'));
  }
}

BOOST_AUTO_TEST_CASE(plain_lines_have_all_fields) {
  auto text = packed(line_of("the run began"));
  BOOST_TEST(in_text(unpacked(text)) ==
             "ns/t uid=u-1 run_began: the run began [Pending -> Running]");
  text = packed({"supervisor", key, "u-1", "m", "accepted", "", "Pending"});
  BOOST_TEST(in_text(unpacked(text)) == "ns/t uid=u-1 accepted: m [Pending]");
  text =
      packed({"supervisor", key, "u-1", "m", "stored", "Running", "Running"});
  BOOST_TEST(in_text(unpacked(text)) == "ns/t uid=u-1 stored: m");
  text = packed({"status_writer", key, "u-1", "m"});
  BOOST_TEST(in_text(unpacked(text)) == "ns/t uid=u-1: m");
  BOOST_TEST(in_text(unpacked("plain")) == "plain");
}

BOOST_AUTO_TEST_CASE(json_lines_have_all_fields) {
  auto text = packed(line_of("the run began"));
  BOOST_TEST(in_json("12:00", "info", unpacked(text)) ==
             R"({"time":"12:00","level":"info","logger":"supervisor",)"
             R"("message":"the run began","test":"ns/t","uid":"u-1",)"
             R"("event":"run_began","phase":"Running",)"
             R"("phaseBefore":"Pending"})");
  BOOST_TEST(in_json("12:00", "info", unpacked("plain")) ==
             R"({"time":"12:00","level":"info","logger":"locust-operator",)"
             R"("message":"plain"})");
}

BOOST_AUTO_TEST_CASE(a_line_is_one_line_whatever_it_holds) {
  for (std::string words :
       {std::string("a\nb"), std::string("a\r\n\tb"), std::string("\xff\xfe"),
        std::string("\"\\/"), std::string("a\0b", 3),
        std::string("\x1b[31mred\x7f"), std::string("\xed\xa0\x80"),
        std::string("\xe2\x80\xa8")}) {
    for (const auto& text : {words, packed(line_of(words))}) {
      log_of json{log_format::json}, plain{log_format::plain};
      json.log.warn("{}", text);
      plain.log.warn("{}", text);
      auto line = json.out.str();
      BOOST_TEST(line.find('\n') == line.size() - 1);
      BOOST_TEST(json::text_at(parsed(line), {"level"}) == "warning");
      line = plain.out.str();
      BOOST_TEST(line.find('\n') == line.size() - 1);
      line.pop_back();
      for (char c : line)
        BOOST_TEST((c < 0 || (c >= ' ' && c != '\x7f')));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_message_is_the_same_in_json_as_it_was) {
  log_of json{log_format::json};
  json.log.info("a\n\"b\"\t\x1b");
  BOOST_TEST(json::text_at(parsed(json.out.str()), {"message"}) ==
             "a\n\"b\"\t\x1b");
}

BOOST_AUTO_TEST_CASE(a_line_of_text_begins_with_time_and_level) {
  log_of plain{log_format::plain};
  plain.log.error("words");
  auto line = plain.out.str();
  BOOST_TEST_REQUIRE(line.size() == 42u);
  // 2026-11-23T18:28:50.123+00:00 error words
  BOOST_TEST(line.substr(10, 1) == "T");
  BOOST_TEST(line.substr(19, 1) == ".");
  BOOST_TEST(line.substr(29) == " error words\n");
}

BOOST_AUTO_TEST_SUITE_END()
