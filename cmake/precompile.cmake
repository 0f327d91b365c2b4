# Headers that most files of a kind include are parsed once for all targets of that kind.
#
# Modules do so only in a preset that asks for it: there a forgotten include does not show. The
# other compiler, which parses every header of every file, finds it.
option(DEADLIGHT_PRECOMPILE "Modules use precompiled headers" OFF)
set(DEADLIGHT_TEST_OPTIONS "" CACHE STRING "Compile options of test programs, after all others")

# deadlight_precompiled(NAME LIBRARY HEADERS…): the target whose headers others reuse. What LIBRARY
# defines on the command line must stand on theirs as well.
function(deadlight_precompiled name library)
  file(CONFIGURE OUTPUT ${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE deadlight_options ${library})
  target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

if(DEADLIGHT_PRECOMPILE)
  deadlight_precompiled(
    deadlight_module_headers fmt::fmt
    <algorithm> <array> <charconv> <cstdint> <map> <memory> <optional> <set> <span> <string>
    <string_view> <tuple> <utility> <vector> <fmt/format.h> <tl/expected.hpp>)
endif()
if(BUILD_TESTING)
  deadlight_precompiled(
    deadlight_test_headers GTest::gmock
    <gmock/gmock.h> <gtest/gtest.h> <algorithm> <filesystem> <fstream> <map> <optional> <set>
    <sstream> <string> <string_view> <vector> <tl/expected.hpp>)
  target_compile_options(deadlight_test_headers PRIVATE ${DEADLIGHT_TEST_OPTIONS})
endif()

# deadlight_test_program(TARGET): what every test program has, beside what it tests. Several of its
# files are compiled as one: most of a test's compile time goes into the same matchers again.
function(deadlight_test_program target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  target_link_libraries(${target} PRIVATE deadlight_options GTest::gmock_main)
  target_compile_options(${target} PRIVATE ${DEADLIGHT_TEST_OPTIONS})
  target_precompile_headers(${target} REUSE_FROM deadlight_test_headers)
endfunction()
