#pragma once

#include <string>
#include <string_view>

#include "knowledge/row_reader.h"

namespace deadlight::knowledge {

/// Reads a registry of port numbers: one line each, "PORT<tab>tcp udp<tab>NAME<tab>DESCRIPTION",
/// after "source<tab>ID"; lines that begin with '#' are comments. It takes the place of one that
/// was read before.
void read_registry(std::string_view text, const std::string& name, Overlay& overlay,
                   Reading& reading);

}  // namespace deadlight::knowledge
