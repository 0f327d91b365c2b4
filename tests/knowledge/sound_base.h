#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace deadlight::knowledge {

/// A small base without a problem, x.toml.
std::string_view sound_base();

/// What is wrong with a folder that holds `toml` as x.toml, with "x.toml:LINE: " before each.
std::vector<std::string> problems_in(std::string_view toml);

/// One way to break the sound base, and what is said of it.
struct Case {
  const char* name;
  const char* after;  ///< the first `replace` behind this text is replaced
  const char* replace;
  const char* by;
  const char* problem;
};

/// The sound base with that fault.
std::string broken(const Case& c);

/// One fault each: check_test.cpp says what must be told of it.
class CheckRule : public testing::TestWithParam<Case> {};
inline std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

inline constexpr const char* kSources = "sources = [\"s\"]";
inline constexpr const char* kOther = "sources = [\"t\"]";

}  // namespace deadlight::knowledge
