#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/session.h"

namespace deadlight::cli {

/// Where `--html`, `--csv` and `--sarif` write: files, or "-" for standard output; empty: not at
/// all.
struct ReportFiles {
  std::string html;
  std::string csv;
  std::string sarif;
};

/// A text and the place it goes to.
struct Output {
  std::string place;  ///< as for print()
  std::string text;
};

/// True if the table or JSON that a command always prints is to be printed: not where a report
/// takes standard output, unless `-o` leads the table elsewhere.
bool prints_main(const ReportFiles& files, const CommonArgs& common);

/// Errors: `conflict` where two outputs would go to one place.
Result<> check_places(const ReportFiles& files, const CommonArgs& common);

/// Errors: `unsupported` where a report is asked for: it is of one host.
Result<> check_one_host(const ReportFiles& files);

/// Files first, standard output last, so that what is printed means that the files are there.
/// Errors as of print().
Result<> print_all(const std::vector<Output>& outputs);

}  // namespace deadlight::cli
