#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exposure/exposure.h"
#include "knowledge/knowledge.h"

namespace deadlight::report {

/// A requirement that a record of kept ports helps to answer. All of it is static text.
struct Control {
  std::string_view id;         ///< "CIS 4.8"
  std::string_view framework;  ///< "CIS Critical Security Controls v8, safeguard 4.8"
  std::string_view asks;       ///< what it asks for, in short
  std::string_view source;     ///< the document it stands in
};

/// Every control that an entry of the register may name.
std::span<const Control> controls();

/// Features whose protocol carries passwords in clear text unless something is put around it.
std::span<const std::string_view> clear_text_features();

/// The controls that an open port of these features concerns.
std::vector<const Control*> controls_for(std::span<const std::string_view> features);

/// One kept endpoint and why it stays.
struct RegisterEntry {
  const Exposed* row = nullptr;  ///< never nullptr; leads into the exposure
  std::string owner;
  std::string reason;
  std::vector<std::string> from;  ///< who may reach it, as the role says; empty: it does not say
  std::vector<std::string> places;
  std::vector<const Control*> controls;
};

/// The justification register: each open endpoint that the role needs, in listing order.
std::vector<RegisterEntry> justification_register(const Exposure& exposure,
                                                  const knowledge::Knowledge& kb);

}  // namespace deadlight::report
