#pragma once

#include "model/endpoint_fields.h"
#include "model/snapshot.h"

/// The fields of each struct in JSON, once for both directions: Io is a writer or a reader. A field
/// that `required` names must stand in the file; others keep their default.
namespace deadlight {

template <class Io>
void fields(Io& io, Evidence& evidence) {
  io.required("name", evidence.name);
  io.required("kind", evidence.kind);
}

template <class Io>
void fields(Io& io, Process& process) {
  io.required("pid", process.pid);
  io.field("image", process.image);
  io.field("path", process.path);
  io.field("command_line", process.command_line);
  io.field("package", process.package);
  io.field("services", process.services);
  io.field("services_known", process.services_known);
  io.field("sources", process.sources);
}

template <class Io>
void fields(Io& io, UnitState& unit) {
  io.field("active", unit.active);
  io.field("enablement", unit.enablement);
  io.field("preset", unit.preset);
  io.field("triggers", unit.triggers);
  io.field("triggered_by", unit.triggered_by);
  io.field("required_by", unit.required_by);
  io.field("drop_ins", unit.drop_ins);
}

template <class Io>
void fields(Io& io, Service& service) {
  io.required("name", service.name);
  io.field("title", service.title);
  io.field("state", service.state);
  io.field("start", service.start);
  io.field("pid", service.pid);
  io.field("command", service.command);
  io.field("depends_on", service.depends_on);
  io.field("unit", service.unit);
  io.field("sources", service.sources);
}

template <class Io>
void fields(Io& io, StartedTitle& started) {
  io.required("title", started.title);
  io.field("sources", started.sources);
}

template <class Io>
void fields(Io& io, Setting& setting) {
  io.required("key", setting.key);
  io.required("name", setting.name);
  io.field("type", setting.type);
  io.required("data", setting.data);
  io.field("sources", setting.sources);
}

template <class Io>
void fields(Io& io, RpcEndpoint& rpc) {
  io.required("interface_id", rpc.interface_id);
  io.field("version", rpc.version);
  io.field("annotation", rpc.annotation);
  io.required("sequence", rpc.sequence);
  io.field("address", rpc.address);
  io.field("endpoint", rpc.endpoint);
  io.field("sources", rpc.sources);
}

template <class Io>
void fields(Io& io, HttpUrl& url) {
  io.required("url", url.url);
  io.field("reserved", url.reserved);
  io.field("pids", url.pids);
  io.field("account", url.account);
  io.field("queue", url.queue);
  io.field("sources", url.sources);
}

template <class Io>
void fields(Io& io, FirewallRule& rule) {
  io.required("name", rule.name);
  io.field("enabled", rule.enabled);
  io.field("inbound", rule.inbound);
  io.field("allow", rule.allow);
  io.field("protocol", rule.protocol);
  io.field("local_port", rule.local_port);
  io.field("remote", rule.remote);
  io.field("profiles", rule.profiles);
  io.field("program", rule.program);
  io.field("service", rule.service);
  io.field("sources", rule.sources);
}

template <class Io>
void fields(Io& io, OutsidePort& port) {
  io.required("protocol", port.protocol);
  io.required("address", port.address);
  io.required("port", port.port);
  io.required("answer", port.answer);
  io.field("service", port.service);
  io.field("sources", port.sources);
}

template <class Io>
void fields(Io& io, OtherSocket& socket) {
  io.required("family", socket.family);
  io.required("local", socket.local);
  io.field("state", socket.state);
  io.field("net_namespace", socket.net_namespace);
  io.field("uid", socket.uid);
  io.field("pid", socket.pid);
  io.field("process", socket.process);
  io.field("unit", socket.unit);
  io.field("sources", socket.sources);
}

template <class Io>
void fields(Io& io, Unread& unread) {
  io.required("file", unread.file);
  io.required("line", unread.line);
  io.required("reason", unread.reason);
}

template <class Io>
void fields(Io& io, Skipped& skipped) {
  io.required("file", skipped.file);
  io.required("first_line", skipped.first_line);
  io.required("last_line", skipped.last_line);
}

template <class Io>
void fields(Io& io, Host& host) {
  io.field("name", host.name);
  io.field("os", host.os);
  io.field("os_basis", host.os_basis);
  io.field("os_confidence", host.os_confidence);
}

template <class Io>
void fields(Io& io, Snapshot& snapshot) {
  io.field("host", snapshot.host);
  io.field("evidence", snapshot.evidence);
  io.field("endpoints", snapshot.endpoints);
  io.field("processes", snapshot.processes);
  io.field("services", snapshot.services);
  io.field("started", snapshot.started);
  io.field("started_known", snapshot.started_known);
  io.field("settings", snapshot.settings);
  io.field("rpc", snapshot.rpc);
  io.field("urls", snapshot.urls);
  io.field("firewall", snapshot.firewall);
  io.field("outside", snapshot.outside);
  io.field("other_sockets", snapshot.other_sockets);
  io.field("unread", snapshot.unread);
  io.field("skipped", snapshot.skipped);
  io.field("notes", snapshot.notes);
}

}  // namespace deadlight
