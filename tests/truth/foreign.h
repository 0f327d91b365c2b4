#pragma once

#include <cstdint>

#include "truth/builder.h"

/// What the knowledge base does not know: vendors' services, programs, and ports that the kernel
/// holds for a service of user mode.
namespace deadlight::truth {

/// True if a driver (HTTP.sys, srvnet, the tunnel drivers) holds that port for its service.
bool is_kernel_port(Os os, Protocol protocol, std::uint16_t port);

/// Services of other vendors, some of them inside of the system's service hosts.
void add_foreign_services(Builder& builder);

/// The PID of a program that is no service.
std::uint32_t start_program(Builder& builder);

}  // namespace deadlight::truth
