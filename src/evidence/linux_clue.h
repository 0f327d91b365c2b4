#pragma once

#include <string>
#include <utility>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// Notes that this line says Linux; the first of a document counts. `text`: "a listing of ss".
inline void note_linux(Reading& reading, std::size_t index, std::string text) {
  if (!reading.clues.banner.empty()) return;
  reading.clues.banner = OsSet::of(Os::linux);
  reading.clues.banner_text = std::move(text);
  reading.clues.banner_place = reading.place(index);
}

}  // namespace deadlight::evidence
