#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "model/snapshot.h"

/// What normalise() does with each kind of fact is built from these.
namespace deadlight {

inline bool sources_before(const Sources& a, const Sources& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

template <class T, class Less>
void sort_unique(std::vector<T>& values, Less less) {
  std::sort(values.begin(), values.end(), less);
  const auto same = [&less](const T& a, const T& b) { return !less(a, b) && !less(b, a); };
  values.erase(std::unique(values.begin(), values.end(), same), values.end());
}

/// Sorts places instead of values: moving an endpoint costs more than comparing two.
template <class T, class Less>
void sort_facts(std::vector<T>& facts, Less less) {
  if (std::is_sorted(facts.begin(), facts.end(), less)) return;
  std::vector<T*> order;
  order.reserve(facts.size());
  for (T& fact : facts) order.push_back(&fact);
  std::sort(order.begin(), order.end(), [&less](const T* a, const T* b) { return less(*a, *b); });
  std::vector<T> sorted;
  sorted.reserve(facts.size());
  for (T* fact : order) sorted.push_back(std::move(*fact));
  facts = std::move(sorted);
}

/// Case decides only between names that are otherwise equal, so that the order is total.
inline bool name_before(const std::string& a, const std::string& b) {
  if (iless(a, b)) return true;
  return !iless(b, a) && a < b;
}

inline void sort_names(std::vector<std::string>& names) {
  if (names.size() < 2) return;
  std::sort(names.begin(), names.end(), name_before);
  const auto same = [](const std::string& a, const std::string& b) { return iequals(a, b); };
  names.erase(std::unique(names.begin(), names.end(), same), names.end());
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Keeps the earlier of two texts that differ, so that the order of reading does not matter.
template <class Text>
requires requires(Text text) { text.empty(); }
void fill(Text& to, Text& from) {
  if (to.empty() || (!from.empty() && from < to)) to = std::move(from);
}

template <class T>
void fill(std::optional<T>& to, const std::optional<T>& from) {
  if (!to || (from && *from < *to)) to = from;
}

inline std::string describe_source(const Snapshot& snapshot, const Sources& sources) {
  if (sources.empty() || sources.front().evidence >= snapshot.evidence.size()) return "evidence";
  return fmt::format("{}:{}", snapshot.evidence[sources.front().evidence].name,
                     sources.front().line);
}

/// True for names of one program: fport leaves ".exe" out, and tasklist of Windows 2000 and XP cuts
/// a long name at 25 letters.
inline bool is_same_image(std::string_view a, std::string_view b) {
  constexpr std::size_t kTasklistLetters = 25;
  const auto stem = [](std::string_view name) {
    return name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe")
               ? name.substr(0, name.size() - 4)
               : name;
  };
  if (iequals(stem(a), stem(b))) return true;
  const auto cut = std::min(a.size(), b.size());
  return cut >= kTasklistLetters && (istarts_with(a, b) || istarts_with(b, a));
}

/// The endpoints' part of normalise(); processes come first.
void normalise_endpoints(Snapshot& snapshot);

}  // namespace deadlight
