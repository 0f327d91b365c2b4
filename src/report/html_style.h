#pragma once

#include <string>
#include <string_view>

namespace deadlight::report {

/// The page's style sheet, page.css, as the build took it in.
std::string_view page_style();

/// Its SHA-256 in base64, as a content security policy names it: nothing else may style the page.
std::string page_style_hash();

}  // namespace deadlight::report
