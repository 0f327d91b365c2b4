#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace deadlight::truth {

/// What the tools of one translation of Windows print, and the code pages it works with.
struct Language {
  std::string_view id;
  std::string_view oem;   ///< iconv's name of the console's code page
  std::string_view ansi;  ///< and of the others
  // netstat
  std::string_view connections;  ///< "Active Connections"
  std::string_view proto;
  std::string_view local;
  std::string_view foreign;
  std::string_view state;
  std::string_view listening;  ///< empty: states are in English
  std::string_view established;
  std::string_view time_wait;
  std::string_view close_wait;
  // tasklist
  std::string_view image;
  std::string_view session;
  std::string_view session_number;
  std::string_view memory;
  std::string_view services;
  std::string_view none;   ///< "N/A"
  char thousands;          ///< of "1,234 K"
  std::string_view word;   ///< of this language, for names of programs and folders
  std::string_view prose;  ///< a sentence as people write it around a listing
};

std::span<const Language> languages();

}  // namespace deadlight::truth
