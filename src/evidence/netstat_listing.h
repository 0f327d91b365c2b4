#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// What one call of netstat printed.
struct NetstatListing {
  std::size_t first_line = 0;
  bool has_heading = false;  ///< columns are named, so a number that has no column is no process id
  bool has_pid = false;
  bool is_filtered = false;         ///< by find, findstr or grep: other open sockets were left out
  std::vector<std::uint32_t> rows;  ///< places in NetstatListings::rows
  /// Rows whose state is a word that is not known: place and line.
  struct Foreign {
    std::uint32_t row = 0;
    std::size_t line = 0;
    std::string state;
  };
  std::vector<Foreign> foreign;
};

/// The listings of one document. Several that contradict each other are of two times or hosts: the
/// first counts, the others are named.
class NetstatListings {
 public:
  /// `rows` are those of take_plain_rows(), of which none belongs to a listing yet.
  explicit NetstatListings(std::vector<Endpoint> rows) : rows_(std::move(rows)) {}

  /// A heading or a prompt: rows from here on are another listing.
  void begin(std::size_t line);
  NetstatListing& current(std::size_t line);

  /// Puts a row that is there already, or a new one, into the current listing.
  void add_known(std::uint32_t row, std::size_t line);
  void add(Endpoint&& row, std::size_t line);
  Endpoint* last_row() { return has_last_ ? &rows_[last_] : nullptr; }
  void forget_last_row() { has_last_ = false; }
  /// True before the first row of a listing.
  bool is_fresh() const { return fresh_ || listings_.empty(); }
  std::uint32_t last_place() const { return last_; }
  std::size_t size() const { return rows_.size(); }

  /// Names in the rows may be cut off, or are not the program's: they make no facts of their own.
  void leave_processes_unnamed() { names_processes_ = false; }

  /// Settles states and process ids, and moves what agrees into `reading`.
  void finish(Reading& reading);

 private:
  /// Sockets that are open, by what a call may have been limited to: protocol and family.
  using OpenSockets = std::map<std::pair<Protocol, bool>, std::set<std::string>>;
  /// A UDP socket may be shared: several programs listen on 5353.
  using Owners = std::map<std::string, std::set<std::uint32_t>>;

  void settle_states(NetstatListing& listing, Reading& reading);
  OpenSockets open_sockets(const NetstatListing& listing) const;
  bool agrees(const NetstatListing& listing) const;
  void note(const NetstatListing& listing);
  void name_processes(const NetstatListing& listing, Reading& reading);

  std::vector<Endpoint> rows_;
  std::vector<NetstatListing> listings_;
  bool names_processes_ = true;
  bool fresh_ = false;  ///< the last listing has no row yet
  bool has_last_ = false;
  std::uint32_t last_ = 0;
  OpenSockets kept_open_;
  Owners kept_owners_;
  std::set<std::pair<std::uint32_t, std::string>> processes_;
};

}  // namespace deadlight::evidence
