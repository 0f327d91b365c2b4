#pragma once

#include <string_view>
#include <vector>

/// One function for each reader: takes any bytes, and aborts if the reader breaks a promise. Used
/// by the fuzz targets and by the ordinary test that replays the corpus.
namespace deadlight::fuzz {

/// Names of all harnesses, also those of their folders under corpus/: each reader's id,
/// "snapshot_json", "plan_json", "journal", "nft_ruleset", "dpkg_files", and "evidence" for
/// everything together, as `--from` does it.
std::vector<std::string_view> harness_names();
void run_harness(std::string_view name, std::string_view bytes);

void snapshot_json(std::string_view bytes);
void plan_json(std::string_view bytes);
void journal(std::string_view bytes);
void evidence(std::string_view bytes);
/// The firewall's rules as libnftables prints them in JSON.
void nft_ruleset(std::string_view bytes);
/// A package's list of files, the diversions, the status file.
void dpkg_files(std::string_view bytes);

}  // namespace deadlight::fuzz
