#pragma once

#include <array>
#include <string_view>

/// One function for each reader: takes any bytes, and aborts if the reader breaks a promise. Used
/// by the fuzz targets and by the ordinary test that replays the corpus.
namespace deadlight::fuzz {

void netstat(std::string_view bytes);
void tasklist(std::string_view bytes);
void sc(std::string_view bytes);
void fport(std::string_view bytes);
void reg(std::string_view bytes);
void snapshot_json(std::string_view bytes);
/// Everything together, as `--from` does it.
void evidence(std::string_view bytes);

struct Harness {
  std::string_view name;  ///< also that of its folder under corpus/
  void (*run)(std::string_view bytes);
};
inline constexpr std::array<Harness, 7> kHarnesses = {{{"netstat", netstat},
                                                       {"tasklist", tasklist},
                                                       {"sc", sc},
                                                       {"fport", fport},
                                                       {"reg", reg},
                                                       {"snapshot_json", snapshot_json},
                                                       {"evidence", evidence}}};

}  // namespace deadlight::fuzz
