#include "evidence/netstat_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace deadlight::evidence {

void NetstatListings::begin(std::size_t line) {
  has_last_ = false;
  if (fresh_) return;
  listings_.emplace_back().first_line = line;
  fresh_ = true;
}

NetstatListing& NetstatListings::current(std::size_t line) {
  if (listings_.empty()) listings_.emplace_back().first_line = line;
  return listings_.back();
}

void NetstatListings::add_known(std::uint32_t row, std::size_t line) {
  current(line).rows.push_back(row);
  fresh_ = false;
  has_last_ = true;
  last_ = row;
}

void NetstatListings::add(Endpoint&& row, std::size_t line) {
  rows_.push_back(std::move(row));
  add_known(static_cast<std::uint32_t>(rows_.size() - 1), line);
}

/// One word that stands where nobody is at the other end means "listening" in that language, unless
/// the listing knows that word too: then another one means something else, such as "bound".
void NetstatListings::settle_states(NetstatListing& listing, Reading& reading) {
  std::map<std::string, std::size_t> counts;
  for (const NetstatListing::Foreign& foreign : listing.foreign) {
    if (rows_[foreign.row].state == State::listening) ++counts[foreign.state];
  }
  if (counts.empty()) return;
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto ties = std::count_if(counts.begin(), counts.end(),
                                  [&](const auto& count) { return count.second == most->second; });
  std::set<std::uint32_t> refused;
  std::set<std::uint32_t> foreign_rows;
  for (const auto& foreign : listing.foreign) foreign_rows.insert(foreign.row);
  const bool known = std::any_of(listing.rows.begin(), listing.rows.end(), [&](std::uint32_t row) {
    return rows_[row].state == State::listening && rows_[row].protocol == Protocol::tcp &&
           !foreign_rows.contains(row);
  });
  for (const NetstatListing::Foreign& foreign : listing.foreign) {
    if (rows_[foreign.row].state != State::listening) continue;
    if (!known && ties == 1 && foreign.state == most->first) continue;
    refused.insert(foreign.row);
    reading.unread(foreign.line, fmt::format("unknown state '{}'; it may be an open port: give the "
                                             "listing of an English netstat",
                                             shown(foreign.state)));
  }
  std::erase_if(listing.rows, [&](std::uint32_t row) { return refused.contains(row); });
}

/// "C:\>netstat -ano | findstr :3389" above the listing.
bool is_filtered_above(const Reading& reading, std::size_t line) {
  constexpr std::size_t kLinesMax = 6;  // title and heading
  constexpr std::array<std::string_view, 5> kFilters = {"find", "grep", "sls", "Select-String",
                                                        "awk"};
  for (std::size_t i = line + 1; i > 0 && line + 1 - i < kLinesMax; --i) {
    if (i <= line && reading.mark(i - 1) == Mark::row) return false;
    if (reading.mark(i - 1) != Mark::prompt) continue;
    const std::string_view command = reading.line(i - 1);
    const auto pipe = command.find('|');
    if (pipe == std::string_view::npos) return false;
    return std::any_of(kFilters.begin(), kFilters.end(), [&](std::string_view filter) {
      return icontains(command.substr(pipe), filter);
    });
  }
  return false;
}

NetstatListings::OpenSockets NetstatListings::open_sockets(const NetstatListing& listing) const {
  OpenSockets open;
  for (const std::uint32_t place : listing.rows) {
    const Endpoint& row = rows_[place];
    if (row.is_open()) open[{row.protocol, row.local.is_v6()}].insert(endpoint_text(row));
  }
  return open;
}

/// A listing of another time or host has other open sockets. One of connections only, or of another
/// protocol, may belong to the first.
bool NetstatListings::agrees(const NetstatListing& listing) const {
  for (const auto& [group, sockets] : open_sockets(listing)) {
    const auto kept = kept_open_.find(group);
    if (kept == kept_open_.end()) continue;
    const bool same = listing.is_filtered ? std::includes(kept->second.begin(), kept->second.end(),
                                                          sockets.begin(), sockets.end())
                                          : kept->second == sockets;
    if (!same) return false;
  }
  for (const std::uint32_t place : listing.rows) {
    const Endpoint& row = rows_[place];
    if (!row.is_open() || !row.pid) continue;
    const auto owner = kept_owners_.find(endpoint_text(row));
    if (owner != kept_owners_.end() && !owner->second.contains(*row.pid)) return false;
  }
  return true;
}

void NetstatListings::note(const NetstatListing& listing) {
  if (!listing.is_filtered) kept_open_.merge(open_sockets(listing));
  for (const std::uint32_t place : listing.rows) {
    const Endpoint& row = rows_[place];
    if (row.pid) kept_owners_[endpoint_text(row)].insert(*row.pid);
  }
}

/// netstat -b names the program of a row.
void NetstatListings::name_processes(const NetstatListing& listing, Reading& reading) {
  for (const std::uint32_t place : listing.rows) {
    const Endpoint& row = rows_[place];
    if (!row.pid || row.process.empty()) continue;
    if (!processes_.emplace(*row.pid, row.process).second) continue;
    Process process;
    process.pid = *row.pid;
    process.image = row.process;
    process.sources = row.sources;
    reading.add(std::move(process));
  }
}

void NetstatListings::finish(Reading& reading) {
  for (NetstatListing& listing : listings_) settle_states(listing, reading);
  std::erase_if(listings_, [](const NetstatListing& listing) { return listing.rows.empty(); });
  std::size_t kept = 0;
  std::vector<bool> keep(listings_.size() > 1 ? rows_.size() : 0, false);
  for (NetstatListing& listing : listings_) {
    if (listings_.size() > 1) {
      listing.is_filtered = is_filtered_above(reading, listing.first_line);
      if (!agrees(listing)) {
        reading.complain(listing.first_line,
                         "another listing, whose open ports or process ids differ: not merged; "
                         "put it into a file of its own");
        continue;
      }
      note(listing);
      for (const std::uint32_t place : listing.rows) keep[place] = true;
    }
    kept += listing.rows.size();
    if (names_processes_) name_processes(listing, reading);
  }
  if (kept < rows_.size()) {
    if (keep.empty()) {
      keep.resize(rows_.size(), false);
      for (const NetstatListing& listing : listings_) {
        for (const std::uint32_t place : listing.rows) keep[place] = true;
      }
    }
    std::vector<Endpoint> rest;
    rest.reserve(kept);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (keep[i]) rest.push_back(std::move(rows_[i]));
    }
    rows_ = std::move(rest);
  }
  reading.add_all(std::move(rows_));
}

}  // namespace deadlight::evidence
