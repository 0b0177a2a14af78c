# Compile flags of all targets, and functions that declare a component (a folder
# of actors/ or protocol/) and its tests.

add_library(locust_flags INTERFACE)
target_compile_options(
  locust_flags
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wconversion
            -Werror)
# With optimization, g++ 12 warns that unused alternatives of a moved std::variant
# are uninitialized (GCC bug 105562 and similar ones).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(locust_flags INTERFACE -Wno-maybe-uninitialized)
endif()
# For clang, operator== of RapidJSON's iterators is ambiguous in C++20.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(locust_flags
                         INTERFACE -Wno-ambiguous-reversed-operator)
endif()
# RapidJSON adds to a null pointer in an empty stack.
if(LOCUST_OPERATOR_FUZZ)
  target_compile_options(locust_flags
                         INTERFACE -fno-sanitize=pointer-overflow)
endif()
# By default RapidJSON asserts on a wrong type or a missing key, which with NDEBUG is
# undefined behaviour. protocol/json.hpp makes it throw, so no file may include
# RapidJSON without that header.
target_compile_definitions(locust_flags INTERFACE RAPIDJSON_HAS_STDSTRING=1
                                                  SPDLOG_FMT_EXTERNAL=1)
target_include_directories(locust_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_link_libraries(locust_flags INTERFACE Threads::Threads)

# Parsing these takes a third of the time of most files. They change only with the
# compiler. Not with clang, so that builds for fuzzing show an #include that is missing.
function(locust_precompile target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp" "")
    add_library(${target} OBJECT "${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp")
    target_link_libraries(${target} PRIVATE locust_flags)
    # ccache needs it (its manual, "Precompiled headers").
    target_compile_options(locust_flags INTERFACE -fpch-preprocess)
    target_precompile_headers(
      ${target}
      PRIVATE
      <algorithm>
      <array>
      <charconv>
      <chrono>
      <compare>
      <cstdint>
      <functional>
      <map>
      <memory>
      <optional>
      <set>
      <string>
      <string_view>
      <tl/expected.hpp>
      <tuple>
      <unordered_map>
      <utility>
      <variant>
      <vector>
      ${ARGN})
  endif()
endfunction()

locust_precompile(locust_precompiled)
if(LOCUST_OPERATOR_TESTS)
  locust_precompile(locust_precompiled_tests <boost/test/unit_test.hpp>)
  if(TARGET locust_precompiled_tests)
    target_compile_definitions(locust_precompiled_tests
                               PRIVATE BOOST_TEST_DYN_LINK)
    target_link_libraries(locust_precompiled_tests
                          PRIVATE Boost::unit_test_framework)
  endif()
endif()

# Lets a target use what `from` has precompiled.
function(locust_use_precompiled target from)
  if(TARGET ${from})
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()

# locust_component(<name> SOURCES <files> [LINK <targets>])
# A static library locust_<name>; headers are included as "<folder>/<file>"
# relative to the root of the tree.
function(locust_component name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  # For cores only: CAF takes most of the compile time, and only actors use it.
  if(LOCUST_OPERATOR_FUZZ)
    list(FILTER arg_SOURCES EXCLUDE REGEX "_actor\\.cpp$")
  endif()
  add_library(locust_${name} STATIC ${arg_SOURCES})
  target_link_libraries(locust_${name} PUBLIC ${arg_LINK}
                                       PRIVATE locust_flags)
  target_include_directories(locust_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  locust_use_precompiled(locust_${name} locust_precompiled)
endfunction()

# locust_unit_test(<folder> LINK <targets>)
# Every *_test.cpp of the current folder and the folders in it becomes one
# Boost.Test program unit_<folder>.
function(locust_unit_test name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS
       "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp"
       "${CMAKE_CURRENT_SOURCE_DIR}/*/*_test.cpp")
  add_executable(unit_${name} "${PROJECT_SOURCE_DIR}/test/unit/main.cpp"
                              ${sources})
  target_compile_definitions(unit_${name} PRIVATE BOOST_TEST_DYN_LINK)
  target_link_libraries(unit_${name} PRIVATE ${arg_LINK} locust_flags
                                             Boost::unit_test_framework)
  locust_use_precompiled(unit_${name} locust_precompiled_tests)
  # It defines what Boost.Test depends on.
  set_source_files_properties("${PROJECT_SOURCE_DIR}/test/unit/main.cpp"
                              PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  add_test(NAME unit_${name} COMMAND unit_${name} --log_level=message
                                     --report_level=short)
  set_tests_properties(unit_${name} PROPERTIES LABELS unit)
endfunction()

# locust_integration_test(<folder> LINK <targets>)
# The same for integration_<folder>, which uses the cluster in KUBECONFIG and prints
# SKIPPED without one.
function(locust_integration_test name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
  add_executable(
    integration_${name} "${PROJECT_SOURCE_DIR}/test/integration/main.cpp"
                        ${sources})
  target_compile_definitions(integration_${name} PRIVATE BOOST_TEST_DYN_LINK)
  target_link_libraries(
    integration_${name} PRIVATE ${arg_LINK} locust_flags
                                Boost::unit_test_framework)
  add_test(NAME integration_${name}
           COMMAND integration_${name} --log_level=message
                   --report_level=short)
  set_tests_properties(integration_${name} PROPERTIES LABELS integration
                                                      SKIP_RETURN_CODE 77)
endfunction()
