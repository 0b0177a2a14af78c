#include "judged.hpp"

// Warnings about what Locust makes of commands, arguments and variables.

using namespace locust;

namespace {

/// With OpenTelemetry, so that nothing is said about the metrics exporter.
std::string warned(std::string_view patch) {
  auto spec = spec_with(R"({"observability":{"openTelemetry":
                            {"enabled":true,"endpoint":"e"}}})");
  auto change = json::parse(patch);
  BOOST_REQUIRE_MESSAGE(change.has_value(), patch);
  merge_into(spec, *change, spec);
  std::string lines;
  auto found = judge_test("t", spec, {});
  for (const auto& text : found.warnings())
    lines += text + '\n';
  return lines;
}

void check(std::initializer_list<row> rows) {
  for (auto [patch, expected] : rows) {
    std::string line(expected);
    BOOST_TEST(warned(patch) == (line.empty() ? line : line + '\n'), patch);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(warnings_of_commands)

BOOST_AUTO_TEST_CASE(a_remark_in_a_command_is_no_comment) {
  check(
      {{R"({"master":{"command":"-f a.py -t 1m\n-u 4 # all of them\n-r 4 # x"}})",
        "spec.master.command has a \"#\" at line 2, column 6 (byte 19): a "
        "command has no comments, so Locust gets it and the words after it as "
        "arguments"},
       {R"({"worker":{"command":"#-f a.py"}})",
        "spec.worker.command has a \"#\" at column 1 (byte 0): a command has "
        "no comments, so Locust gets it and the words after it as arguments"},
       {R"({"worker":{"command":"--tags a#b '#c' \"#d\" \\#e ''#f"}})", ""}});
}

BOOST_AUTO_TEST_CASE(a_remark_with_an_apostrophe_is_refused_and_explained) {
  auto found = judged(R"({"master":{"command":"-u 4 # don't"}})");
  BOOST_TEST(
      found.refusal() ==
      "spec.master.command cannot be split: the single quote at column "
      "11 (byte 10) is not closed; the \"#\" at column 6 (byte 5) begins "
      "no comment");
  BOOST_TEST(found.warnings().front().find("spec.master.command has a \"#\"") ==
             0u);
}

BOOST_AUTO_TEST_CASE(a_backslash_that_disappears_is_named) {
  auto text = [](std::string_view role, std::string_view place) {
    return "the backslash in spec." + std::string(role) + ".command at " +
           std::string(place) +
           " disappears, as in a shell: to keep it, write two, or put the "
           "argument in single quotes";
  };
  check({{R"({"master":{"command":"-t 1m --password Zx\\9q7 a\\b"}})",
          text("master", "column 20 (byte 19)")},
         {R"({"worker":{"command":"-f a.py\n\\d+"}})",
          text("worker", "line 2, column 1 (byte 8)")},
         {R"({"worker":{"command":"a\\$b"}})",
          text("worker", "column 2 (byte 1)")},
         {R"({"worker":{"command":"\"a\\$b\""}})",
          text("worker", "column 3 (byte 2)")}});
}

BOOST_AUTO_TEST_CASE(a_backslash_that_stays_or_has_work_to_do_is_not) {
  for (auto* command :
       {R"(a\\\\b)", R"('a\\b')", R"(\"a\\b\")", R"(\"a\\\"b\")", R"(a\\ b)",
        R"(\\' \\\")", R"(-f a.py \\\n--tags x)", R"(\"a\\\\b\")"})
    BOOST_TEST(warned(R"({"worker":{"command":")" + std::string(command) +
                      "\"}}") == "",
               command);
}

BOOST_AUTO_TEST_CASE(the_program_of_the_image_is_no_argument) {
  for (auto* word : {"locust", "/usr/local/bin/locust", "python3", "/bin/sh"})
    BOOST_TEST(warned(R"({"worker":{"command":")" + std::string(word) +
                      " -f a.py\"}}") ==
                   "spec.worker.command begins with the word \"" +
                       std::string(word) +
                       "\": the image already runs locust, which takes the "
                       "word as the name of a user class\n",
               word);
  check({{R"({"worker":{"command":"-f /x/locust"}})", ""},
         {R"({"worker":{"command":"Shopper"}})", ""}});
}

BOOST_AUTO_TEST_CASE(a_master_must_not_fork_workers) {
  auto in = [](std::string_view list) {
    return "spec.master." + std::string(list) +
           " has --processes, which a Locust master must not have: use "
           "spec.worker.replicas, or --processes in spec.worker.command";
  };
  auto variable = [](std::string_view place) {
    return "LOCUST_PROCESSES (" + std::string(place) +
           ") reaches the master, too, which must not have it: set "
           "--processes in spec.worker.command instead";
  };
  check({{R"({"master":{"command":"-t 1m --processes 2"}})", in("command")},
         {R"({"master":{"command":"-t 1m --processes=-1"}})", in("command")},
         {R"({"master":{"extraArgs":["--processes","4"]}})", in("extraArgs")},
         {R"({"env":{"variables":[{"name":"A","value":"1"},
            {"name":"LOCUST_PROCESSES","value":"2"}]}})",
          variable("spec.env.variables[1]")},
         {R"({"env":{"variables":[{"name":"LOCUST_PROCESSES","valueFrom":
            {"configMapKeyRef":{"name":"c","key":"k"}}}]}})",
          variable("spec.env.variables[0]")},
         {R"({"observability":{"openTelemetry":{"extraEnvVars":
            {"LOCUST_PROCESSES":"2"}}}})",
          variable("spec.observability.openTelemetry.extraEnvVars")},
         {R"({"env":{"variables":[{"name":"LOCUST_PROCESSES","value":"0"}]}})",
          ""},
         {R"({"env":{"variables":[{"name":"LOCUST_PROCESSES","value":""}]}})",
          ""},
         {R"({"master":{"command":"-t 1m --processes 0"}})", ""},
         {R"({"worker":{"command":"-f a.py --processes 2"}})", ""}});
}

BOOST_AUTO_TEST_CASE(locust_finds_the_files_of_a_config_map_twice) {
  auto text = [](std::string_view name, std::string_view place) {
    return "the locustfile \"" + std::string(name) + "\" (" +
           std::string(place) +
           ") is the folder of a ConfigMap, in which Locust finds every file "
           "twice and refuses duplicate classes: name the files instead";
  };
  auto with = [](std::string_view worker, std::string_view files) {
    return R"({"worker":{"command":")" + std::string(worker) +
           R"("},"testFiles":)" + std::string(files) + '}';
  };
  constexpr auto map = R"({"configMapRef":"c"})";
  auto at = "spec.worker.command";
  check({{with("-f /lotest/src", map), text("/lotest/src", at)},
         {with("-f/lotest/src/", map), text("/lotest/src/", at)},
         {with("--locustfile=/lotest//src", map), text("/lotest//src", at)},
         {with("-f a.py,/lotest/src", map), text("/lotest/src", at)},
         {with("-f /x", R"({"configMapRef":"c","srcMountPath":"/x/"})"),
          text("/x", at)},
         {with("-f /opt/locust/lib", R"({"libConfigMapRef":"c"})"),
          text("/opt/locust/lib", at)},
         {R"({"testFiles":{"configMapRef":"c"},"master":{"command":"-t 1m"},
              "worker":{"command":""},"env":{"variables":[
              {"name":"LOCUST_LOCUSTFILE","value":"/lotest/src"}]}})",
          std::string(text("/lotest/src", "spec.env.variables[0]") + '\n' +
                      text("/lotest/src", "spec.env.variables[0]"))},
         {with("-f /lotest/src/a.py", map), ""},
         {with("-f src", map), ""},
         {with("-f /lotest/src", R"({"libConfigMapRef":"c"})"), ""},
         {with("-f /lotest", map), ""}});
}

BOOST_AUTO_TEST_CASE(a_master_that_nothing_ends_is_named) {
  auto endless =
      "spec.master has no --run-time, and --autoquit alone ends no load: the "
      "test ends only if a LoadTestShape or the locustfile itself ends it";
  check({{R"({"master":{"command":"-f a.py"}})", endless},
         {R"({"master":{"command":"-f a.py -t 0s"}})", endless},
         {R"({"master":{"command":"-f a.py --headless"}})", endless},
         {R"({"master":{"command":"-f a.py -t 0"}})", endless},
         {R"({"master":{"command":"--headless","autoquit":{"enabled":false}}})",
          endless},
         // What ends it:
         {R"({"master":{"command":"-f a.py --run-time=10m"}})", ""},
         {R"({"master":{"command":"-f a.py -t10m"}})", ""},
         {R"({"master":{"command":"-f a.py","extraArgs":["-t","1h"]}})", ""},
         {R"({"master":{"command":"-f a.py"},"env":{"variables":[
            {"name":"LOCUST_RUN_TIME","value":"1m"}]}})",
          ""},
         {R"({"master":{"command":"--headless -t 1m","autostart":false,
                      "autoquit":{"enabled":false}}})",
          ""},
         {R"({"env":{"variables":[{"name":"LOCUST_HEADLESS","value":"True"}]},
            "master":{"autoquit":{"enabled":false}}})",
          ""},
         // Asked for, to work with the web UI:
         {R"({"master":{"command":"","autoquit":{"enabled":false}}})", ""},
         {R"({"master":{"command":"","autostart":false,
                      "autoquit":{"enabled":false}}})",
          ""},
         {R"({"master":{"command":"--headless --headful",
                      "autoquit":{"enabled":false}}})",
          ""},
         // What the spec does not show:
         {R"({"master":{"command":"--config /x.conf"}})", ""},
         {R"({"master":{"command":"-f a.py"},
            "env":{"configMapRefs":[{"name":"c"}]}})",
          ""},
         {R"({"master":{"command":"-f a.py"},
            "env":{"secretRefs":[{"name":"s"}]}})",
          ""}});
}

BOOST_AUTO_TEST_SUITE_END()
