#include "actors/resource_builder/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <ostream>

using namespace locust;

namespace {

/// Words in one line, each in brackets, for readable failures.
std::string shown(const words& all) {
  std::string line;
  for (const auto& word : all)
    line += '[' + word + ']';
  return line;
}

std::string split(std::string_view text) {
  auto all = split_words(text);
  return all ? shown(*all) : "error: " + all.error().message;
}

struct split_row {
  std::string_view text;
  std::string_view expected;
};

} // namespace

BOOST_AUTO_TEST_SUITE(word_splitting)

BOOST_AUTO_TEST_CASE(plain_words_end_at_white_space) {
  for (auto [text, expected] : std::initializer_list<split_row>{
           {"", ""},
           {"   ", ""},
           {"a", "[a]"},
           {"-f  a.py\n --tags x", "[-f][a.py][--tags][x]"},
           {"\t\v\f\r\n a \t", "[a]"},
           {"locust -f a.py", "[locust][-f][a.py]"},
           {"a;b|c&d>e#f $x `y` *?~ ${z}", "[a;b|c&d>e#f][$x][`y`][*?~][${z}]"},
           {"--host $(TARGET)", "[--host][$(TARGET)]"},
           {"p\xc3\xa4th \xf0\x9f\x90\x9d", "[p\xc3\xa4th][\xf0\x9f\x90\x9d]"}})
    BOOST_TEST(split(text) == expected, text);
}

BOOST_AUTO_TEST_CASE(all_white_space_of_unicode_separates) {
  for (auto* space :
       {"\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085",
        "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
        "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
        "\u2029", "\u202f", "\u205f", "\u3000"})
    BOOST_TEST(split(std::string(space) + "a" + space + space + "b" + space) ==
               "[a][b]");
}

BOOST_AUTO_TEST_CASE(look_alikes_of_white_space_do_not) {
  for (auto* other : {"\u0084", "\u0086", "\u00a1", "\u180e", "\u200b",
                      "\u200c", "\u2060", "\ufeff", "\u001c", "\u001f"})
    BOOST_TEST(split_words(std::string("a") + other + "b").value().size() ==
               1u);
}

BOOST_AUTO_TEST_CASE(quotes_and_backslashes_work_as_in_a_shell) {
  for (auto [text, expected] : std::initializer_list<split_row>{
           {R"(--tags "a b")", "[--tags][a b]"},
           {R"('a b' "c d" e\ f)", "[a b][c d][e f]"},
           {R"(a'b c'd"e f"g)", "[ab cde fg]"},
           {R"('' "" a'')", "[][][a]"},
           {R"('a"b' "c'd")", "[a\"b][c'd]"},
           {R"('\' a)", "[\\][a]"},
           {R"("a\"b" "\$x" "\`" "\\")", "[a\"b][$x][`][\\]"},
           {R"("a\b" "\'" "\ ")", "[a\\b][\\'][\\ ]"},
           {R"(\" \' \\ \a \$)", "[\"]['][\\][a][$]"},
           {"a\\\nb", "[ab]"},
           {"a \\\n  b", "[a][b]"},
           {"a\\\n", "[a]"},
           {"\"a\\\nb\"", "[ab]"},
           {"'a\\\nb'", "[a\\\nb]"},
           {"'a\nb' \"c\u00a0d\"", "[a\nb][c\u00a0d]"},
           {"a\\\u00a0b", "[a\u00a0b]"},
           {"--host=\"$(TARGET)/x y\"", "[--host=$(TARGET)/x y]"},
           {R"(--json '{"a": "b c"}')", R"([--json][{"a": "b c"}])"}})
    BOOST_TEST(split(text) == expected, text);
}

BOOST_AUTO_TEST_CASE(what_has_no_end_is_an_error_with_its_position) {
  struct row {
    std::string_view text;
    size_t offset;
    size_t line;
    size_t column;
    std::string_view message;
  };
  for (auto [text, offset, line, column, message] : std::initializer_list<row>{
           {"'", 0, 1, 1,
            "the single quote at column 1 (byte 0) is not closed"},
           {"-f \"a.py", 3, 1, 4,
            "the double quote at column 4 (byte 3) is not closed"},
           {"'a' 'b", 4, 1, 5,
            "the single quote at column 5 (byte 4) is not closed"},
           {"\"a\\\"", 0, 1, 1,
            "the double quote at column 1 (byte 0) is not closed"},
           {"\"a\\", 0, 1, 1,
            "the double quote at column 1 (byte 0) is not closed"},
           {"it's", 2, 1, 3,
            "the single quote at column 3 (byte 2) is not closed"},
           {"p\xc3\xa4 'x", 4, 1, 4,
            "the single quote at column 4 (byte 4) is not closed"},
           {"-f a.py\n  --x 'y", 14, 2, 7,
            "the single quote at line 2, column 7 (byte 14) is not closed"},
           {"a \\", 2, 1, 3,
            "the backslash at column 3 (byte 2) has nothing after it"},
           {"-u 4 # don't", 10, 1, 11,
            "the single quote at column 11 (byte 10) is not closed; the \"#\" "
            "at column 6 (byte 5) begins no comment"}}) {
    auto all = split_words(text);
    BOOST_REQUIRE_MESSAGE(!all.has_value(), text);
    BOOST_TEST(all.error().offset == offset, text);
    BOOST_TEST(all.error().line == line, text);
    BOOST_TEST(all.error().column == column, text);
    BOOST_TEST(all.error().message == message, text);
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_kept) {
  BOOST_TEST(split("a\xff \xc3") == "[a\xff][\xc3]");
  BOOST_TEST(split("\\\xe2\x80") == "[\xe2\x80]");
  // Overlong encodings of white space and quotes are neither.
  for (const auto* text : {"a\xe0\x80\x8b", "\xf0\x82\x80\x80", "\xc0\xa0",
                           "\xe0\x80\xa7\xe0\x80\xa2", "\xf8\x80\x80\x85"})
    BOOST_TEST(split(text) == '[' + std::string(text) + ']');
}

BOOST_AUTO_TEST_CASE(what_differs_from_a_shell_is_found_before_a_fault) {
  using odd = command_oddities;
  auto found = [](std::string_view text) {
    auto o = oddities_of(text);
    return o.comment + '|' + o.lost_backslash;
  };
  for (auto [text, expected] : std::initializer_list<split_row>{
           {"", "|"},
           {"a#b ''#c '#' \\#d", "|"},
           {"a #b #c", "column 3 (byte 2)|"},
           {"# 'x", "column 1 (byte 0)|"},
           {"p\xc3\xa4\n #", "line 2, column 2 (byte 5)|"},
           {"\\a \\b", "|column 1 (byte 0)"},
           {"\\  \\\\ \\' \\\" a\\\nb", "|"},
           {"'\\a' \"\\a\" \"\\\"\" \"\\\\\"", "|"},
           {"\"\\`\"", "|column 2 (byte 1)"},
           {"\\a 'x", "|column 1 (byte 0)"}})
    BOOST_TEST(found(text) == expected, text);
  BOOST_TEST((oddities_of("-f a.py") == odd{}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(arguments)

BOOST_AUTO_TEST_CASE(the_master_gets_its_flags_in_order) {
  struct row {
    std::string_view name;
    run_options options;
    std::string_view expected;
  };
  for (const auto& [name, options, expected] : std::initializer_list<row>{
           {"all defaults",
            {},
            "[-f][a.py][--master][--master-port=5557][--expect-workers=1]"
            "[--autostart][--autoquit][60][--enable-rebalancing]"
            "[--only-summary][-x]"},
           {"OpenTelemetry and many workers",
            {.open_telemetry = true, .replicas = 500},
            "[-f][a.py][--otel][--master][--master-port=5557]"
            "[--expect-workers=500][--autostart][--autoquit][60]"
            "[--enable-rebalancing][--only-summary][-x]"},
           {"autoquit off",
            {.autoquit = std::nullopt},
            "[-f][a.py][--master][--master-port=5557][--expect-workers=1]"
            "[--autostart][--enable-rebalancing][--only-summary][-x]"},
           {"autoquit at once",
            {.autoquit = 0},
            "[-f][a.py][--master][--master-port=5557][--expect-workers=1]"
            "[--autostart][--autoquit][0][--enable-rebalancing]"
            "[--only-summary][-x]"},
           {"autostart off takes autoquit with it",
            {.autostart = false, .autoquit = 5},
            "[-f][a.py][--master][--master-port=5557][--expect-workers=1]"
            "[--enable-rebalancing][--only-summary][-x]"}})
    BOOST_TEST(shown(master_arguments({"-f", "a.py"}, options, {"-x"})) ==
                   expected,
               name);
}

BOOST_AUTO_TEST_CASE(a_worker_gets_its_flags_in_order) {
  BOOST_TEST(
      shown(worker_arguments({"-f", "a.py"}, false, "t-master", {})) ==
      "[-f][a.py][--worker][--master-port=5557][--master-host=t-master]");
  BOOST_TEST(shown(worker_arguments({}, true, "t-master", {"a b", ""})) ==
             "[--otel][--worker][--master-port=5557][--master-host=t-master]"
             "[a b][]");
}

BOOST_AUTO_TEST_CASE(flags_that_are_ours_are_found_among_extra_arguments) {
  BOOST_TEST(shown(managed_flags_in({"--tags", "x", "--master-port=9999",
                                     "--master-portal", "--autoquit", "5",
                                     "--master-port", "--otel=", "-master",
                                     "--only-summary-x", "--headless"})) ==
             "[--master-port][--autoquit][--otel]");
  for (auto* flag : {"--master", "--worker", "--master-port", "--master-host",
                     "--expect-workers", "--autostart", "--autoquit", "--otel",
                     "--enable-rebalancing", "--only-summary"})
    BOOST_TEST(shown(managed_flags_in({flag})) ==
               '[' + std::string(flag) + ']');
  BOOST_TEST(managed_flags_in({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
