#pragma once

#include "model/endpoint.h"

/// The part of snapshot_fields.h that an endpoint is made of.
namespace deadlight {

template <class Io>
void fields(Io& io, SourceRef& source) {
  io.required("evidence", source.evidence);
  io.required("line", source.line);
}

template <class Io>
void fields(Io& io, PortRange& range) {
  io.required("first", range.first);
  io.required("last", range.last);
}

template <class Io>
void fields(Io& io, LiveFacts& live) {
  io.field("net_namespace", live.net_namespace);
  io.field("uid", live.uid);
  io.field("cgroup", live.cgroup);
  io.field("dual_stack", live.dual_stack);
  io.field("activates", live.activates);
  io.field("filter", live.filter);
  io.field("filter_because", live.filter_because);
  io.field("forwards_to", live.forwards_to);
  io.field("sockets", live.sockets);
  io.field("ports", live.ports);
  io.field("addresses", live.addresses);
  io.field("remotes", live.remotes);
  io.field("processes", live.processes);
}

template <class Io>
void fields(Io& io, Endpoint& endpoint) {
  io.required("protocol", endpoint.protocol);
  io.required("local", endpoint.local);
  io.required("port", endpoint.port);
  io.field("remote", endpoint.remote);
  io.field("remote_port", endpoint.remote_port);
  io.required("state", endpoint.state);
  io.field("pid", endpoint.pid);
  io.field("process", endpoint.process);
  io.field("components", endpoint.components);
  io.field("unit", endpoint.unit);
  io.field("sources", endpoint.sources);
  io.field("live", endpoint.live);
}

}  // namespace deadlight
