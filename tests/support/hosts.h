#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exposure/exposure.h"
#include "model/snapshot.h"

/// Hosts for tests: real listings under tests/data, read the way the program reads them.
namespace deadlight::test {

/// `files` below tests/data. Ends the test program with a message if they cannot be read.
Snapshot read_host(const std::vector<std::string>& files, Os os);
/// The same from text, as if it stood in a file "host.txt".
Snapshot read_text(std::string_view text, Os os);

/// With the built-in knowledge base and one of its roles.
Exposure expose_as(const Snapshot& snapshot, std::string_view role,
                   const std::vector<std::string>& keep = {});

/// The two hosts of the walkthroughs as they were installed.
Snapshot win2000_listing_only();
Snapshot win2000_with_fport();
Snapshot winxp();

/// The socket that endpoint_text() writes as `text`; ends the test program if there is none.
const Exposed& socket_of(const Exposure& exposure, std::string_view text);

}  // namespace deadlight::test
