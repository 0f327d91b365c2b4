#pragma once

#include <random>
#include <string>
#include <string_view>

#include "model/snapshot.h"

namespace deadlight::test {

/// A host that might exist: some of the sockets that the knowledge base says `os` can open, grouped
/// into processes as by default; about half of the hosts also say which services a process holds.
/// `random` alone decides: the same state gives the same host.
Snapshot random_host(Os os, std::mt19937& random);

/// Its sockets as `netstat -ano` prints them.
std::string as_netstat(const Snapshot& snapshot);

/// The text with the order of its rows changed; headings stay in front.
std::string with_shuffled_rows(std::string_view netstat, std::mt19937& random);

}  // namespace deadlight::test
