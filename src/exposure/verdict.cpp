#include "exposure/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "exposure/program.h"
#include "exposure/remedies.h"

namespace deadlight {
namespace {

using knowledge::Holder;

Reach scope_of(const Address& address) {
  if (address.is_loopback()) return Reach::loopback;
  if (!address.ip) return address.is_unnamed() ? Reach::any : Reach::adapter;
  if (address.ip->is_any()) return Reach::any;
  return address.ip->is_link_local() || address.ip->is_multicast() ? Reach::link : Reach::adapter;
}

Reach reach_of(Reach scope, const Endpoint& endpoint) {
  // What this host sends itself comes in by lo; rules seldom look at that.
  if (scope == Reach::loopback || !endpoint.live) return scope;
  switch (endpoint.live->filter) {
    case Filter::limited:
      return Reach::limited;
    case Filter::blocked:
      return Reach::filtered;
    case Filter::unknown:
      return Reach::unknown;
    case Filter::unread:
    case Filter::open:
      break;
  }
  return scope;
}

bool opens_rpc(const Holder& holder) { return holder.opens != nullptr && holder.opens->rpc; }

bool held_by_rpc(const Holder& holder) {
  return holder.opens != nullptr && holder.opens->held_by_rpc;
}

bool any_holder(const Exposed& exposed, bool (*test)(const Holder&)) {
  return std::any_of(exposed.holders.begin(), exposed.holders.end(), test);
}

/// What is listened on, by port; connections ask for it.
class Listeners {
 public:
  void add(const Exposed& exposed) {
    if (exposed.endpoint.sockets() > 1) many_.push_back(&exposed);
    one_.try_emplace(key(exposed.endpoint), &exposed);
  }

  bool has_any(Protocol protocol) const {
    const auto any = one_.lower_bound({protocol, 0, {}});
    return any != one_.end() && std::get<Protocol>(any->first) == protocol;
  }

  /// nullptr if nobody listens on the local port of `connection`.
  const Exposed* find(const Endpoint& connection) const {
    if (const auto one = one_.find(key(connection)); one != one_.end()) return one->second;
    for (const Exposed* row : many_) {
      const Endpoint& endpoint = row->endpoint;
      if (endpoint.protocol == connection.protocol &&
          endpoint.net_namespace() == connection.net_namespace() &&
          endpoint.has_port(connection.port)) {
        return row;
      }
    }
    return nullptr;
  }

 private:
  using Key = std::tuple<Protocol, std::uint16_t, std::string_view>;
  static Key key(const Endpoint& endpoint) {
    return {endpoint.protocol, endpoint.port, endpoint.net_namespace()};
  }

  std::map<Key, const Exposed*> one_;
  std::vector<const Exposed*> many_;  ///< rows for many sockets: few
};

/// Judges one host: first what is needed, then whether the rest can be closed.
class Judge {
 public:
  Judge(Exposure& exposure, const SystemFacts& system)
      : exposure_(&exposure), kb_(system.kb), remedies_(exposure, system) {}

  void run() {
    for (Exposed& exposed : exposure_->endpoints) {
      exposed.scope = scope_of(exposed.endpoint.local);
      exposed.reach = reach_of(exposed.scope, exposed.endpoint);
      if (is_listed(exposed)) find_needed(exposed);
    }
    keep_rpc_servers();
    keep_endpoint_mapper();
    for (Exposed& exposed : exposure_->endpoints) {
      if (is_pending(exposed) && !any_holder(exposed, held_by_rpc)) judge_rest(exposed);
    }
    staying_ = first_rpc_servers([](const Exposed& server) {
      return is_listed(server) && server.verdict != Verdict::unneeded;
    });
    for (Exposed& exposed : exposure_->endpoints) {
      if (is_pending(exposed)) judge_rest(exposed);
    }
    Listeners listeners;
    for (const Exposed& exposed : exposure_->endpoints) {
      if (is_listed(exposed)) listeners.add(exposed);
    }
    for (Exposed& exposed : exposure_->endpoints) {
      if (!is_listed(exposed)) judge_connection(exposed, listeners);
    }
  }

 private:
  static bool is_pending(const Exposed& exposed) {
    return is_listed(exposed) && exposed.verdict_reason.empty();
  }

  static void decide(Exposed& exposed, Verdict verdict, std::string reason) {
    exposed.verdict = verdict;
    exposed.verdict_reason = std::move(reason);
  }

  void need(Exposed& exposed, std::string reason) {
    decide(exposed, Verdict::needed, std::move(reason));
    remedies_.keep(exposed.endpoint, exposed.holders);
  }

  void find_needed(Exposed& exposed) {
    const Endpoint& endpoint = exposed.endpoint;
    for (const Keep& keep : exposure_->role.keep) {
      if (keep.protocol == endpoint.protocol && endpoint.has_port(keep.port)) {
        return need(exposed, keep.why.empty() ? "the role keeps it" : keep.why);
      }
    }
    if (exposed.reach == Reach::loopback) {
      return decide(exposed, Verdict::local, "only this host itself can reach it");
    }
    for (const Holder& holder : exposed.holders) {
      const knowledge::FeatureFact* feature = kb_->feature(holder.feature);
      if (feature == nullptr) continue;
      for (const std::string_view capability : feature->provides) {
        if (exposure_->role.needs.contains(std::string(capability))) {
          return need(exposed, fmt::format("{} is needed for {}", holder.feature, capability));
        }
      }
    }
  }

  // A kept endpoint mapper stays open only as long as some RPC server listens.
  void keep_rpc_servers() {
    bool kept[2] = {false, false};
    for (const Exposed& mapper : exposure_->endpoints) {
      bool& done = kept[mapper.endpoint.protocol == Protocol::udp];
      if (done || mapper.verdict != Verdict::needed || !is_listed(mapper)) continue;
      const bool only_for_others =
          !mapper.holders.empty() &&
          std::all_of(mapper.holders.begin(), mapper.holders.end(), held_by_rpc);
      if (!only_for_others) continue;
      done = true;
      for (Exposed& server : exposure_->endpoints) {
        if (is_pending(server) && any_holder(server, opens_rpc) &&
            server.endpoint.protocol == mapper.endpoint.protocol) {
          need(server, endpoint_text(mapper.endpoint) +
                           " is kept, and is open only while an RPC server listens");
        }
      }
    }
  }

  // Clients of an RPC server ask the endpoint mapper for its dynamic port.
  void keep_endpoint_mapper() {
    const RpcServers needed =
        first_rpc_servers([](const Exposed& server) { return server.verdict == Verdict::needed; });
    for (Exposed& exposed : exposure_->endpoints) {
      if (!is_pending(exposed) || !any_holder(exposed, held_by_rpc)) continue;
      if (const Exposed* server = needed[exposed.endpoint.protocol == Protocol::udp]) {
        need(exposed,
             fmt::format("clients of {} find its port here", endpoint_text(server->endpoint)));
      }
    }
  }

  /// For TCP and UDP; nullptr for none.
  using RpcServers = std::array<const Exposed*, 2>;

  template <class Test>
  RpcServers first_rpc_servers(Test test) const {
    RpcServers servers = {nullptr, nullptr};
    for (const Exposed& server : exposure_->endpoints) {
      const Exposed*& first = servers[server.endpoint.protocol == Protocol::udp];
      if (first == nullptr && test(server) && any_holder(server, opens_rpc)) first = &server;
    }
    return servers;
  }

  void judge_rest(Exposed& exposed) {
    if (is_published(exposed.endpoint)) {
      return decide(exposed, Verdict::stuck,
                    fmt::format("a firewall rule sends it on to {}, where a container or another "
                                "host answers: take it away where it is published",
                                exposed.endpoint.live->forwards_to));
    }
    if (exposed.holders.empty()) {
      if (exposed.owner.process.empty() || exposed.owner.confidence == Confidence::unknown) {
        return decide(exposed, Verdict::unknown, "nobody could be named for it: look here first");
      }
      if (const auto where = exposed.endpoint.net_namespace(); !where.empty()) {
        return decide(
            exposed, Verdict::stuck,
            fmt::format("it is open in {}, with {}: close it there", where, exposed.owner.process));
      }
      return judge_program(exposed);
    }
    const bool rather_program = std::any_of(
        exposed.holders.begin(), exposed.holders.end(),
        [](const Holder& holder) { return holder.service.empty() && holder.feature.empty(); });
    if (rather_program) {
      return decide(exposed, Verdict::unknown,
                    exposed.holders.size() > 1
                        ? "it may as well be a program: a list of processes with their services "
                          "would tell"
                        : "none of the services that open such a port may hold it: it may be a "
                          "program");
    }
    for (const Holder& holder : exposed.holders) {
      const std::string obstacle = why_stuck(holder, exposed);
      if (!obstacle.empty()) return decide(exposed, Verdict::stuck, obstacle);
    }
    decide(exposed, Verdict::unneeded,
           fmt::format("nothing that the role '{}' needs uses it{}", exposure_->role.id,
                       exposed.owner.others_possible ? ", if one of these holds it" : ""));
  }

  // To end a part of the system, or a service on a port of its own, is no advice.
  void judge_program(Exposed& exposed) const {
    const std::string& process = exposed.owner.process;
    if (is_first_process(exposed.endpoint)) {
      return decide(exposed, Verdict::unknown,
                    fmt::format("{} listens for what it starts at the first visitor: look for its "
                                "socket units, with 'systemctl list-sockets' on Linux",
                                process));
    }
    const std::string_view advice = advice_for_program(process, exposure_->host.os);
    if (!advice.empty()) return decide(exposed, Verdict::stuck, std::string(advice));
    if (exposed.owner.known_program) {
      return decide(exposed, Verdict::unknown,
                    fmt::format("{} is known, but not for this port: look at what it was told to "
                                "open",
                                process));
    }
    decide(exposed, Verdict::stuck,
           fmt::format("{} is a program, not a service: end it, and take it out of what starts it",
                       process));
  }

  // Empty if some allowed change makes this holder let go.
  std::string why_stuck(const Holder& holder, const Exposed& exposed) {
    if (held_by_rpc(holder)) return why_rpc_stays(exposed);
    const auto [known, fresh] = obstacles_.try_emplace(hold_key(holder, exposed.endpoint));
    if (fresh) known->second = obstacle_of(holder, exposed);
    return known->second;
  }

  std::string obstacle_of(const Holder& holder, const Exposed& exposed) const {
    std::string obstacle = fmt::format("no setting closes {}",
                                       holder.feature.empty() ? holder.service : holder.feature);
    for (const Remedy& way : remedies_.ways(holder, exposed.endpoint)) {
      const std::string forbidden = remedies_.forbidden(way);
      if (forbidden.empty()) return {};
      obstacle = fmt::format("{} would close it, but {}", way.id(), forbidden);
    }
    return obstacle;
  }

  std::string why_rpc_stays(const Exposed& exposed) const {
    const Exposed* server = staying_[exposed.endpoint.protocol == Protocol::udp];
    if (server == nullptr) return {};
    return fmt::format("it stays as long as an RPC server listens, and {} ({}) does",
                       endpoint_text(server->endpoint),
                       server->owner.service.empty() ? "one of several" : server->owner.service);
  }

  // Whoever serves has a listener, unless the evidence shows a part only.
  static void judge_alone(Exposed& exposed, bool any_listener) {
    constexpr std::uint16_t kClientPortMin = 1024;
    const Endpoint& endpoint = exposed.endpoint;
    if (!any_listener) {
      return decide(exposed, Verdict::unknown,
                    "the evidence shows connections only, so which end opened it is not known: "
                    "give netstat -ano, or ss -tulpn on Linux");
    }
    if (endpoint.state == State::syn_received) {
      return decide(exposed, Verdict::unknown,
                    "somebody connects to it: what listens there is missing in the evidence");
    }
    if (endpoint.port < kClientPortMin) {
      return decide(exposed, Verdict::unknown,
                    "a client seldom has such a port: what listens there may be missing in the "
                    "evidence");
    }
    decide(exposed, Verdict::outbound, "this host opened the connection");
  }

  static void judge_connection(Exposed& exposed, const Listeners& listeners) {
    if (exposed.phantom) {
      return decide(
          exposed, Verdict::outbound,
          "netstat of this Windows shows the port of an outgoing connection as listening");
    }
    const Exposed* listener = listeners.find(exposed.endpoint);
    if (listener == nullptr) {
      return judge_alone(exposed, listeners.has_any(exposed.endpoint.protocol));
    }
    exposed.owner = listener->owner;
    decide(exposed, listener->verdict, "a connection to " + endpoint_text(listener->endpoint));
  }

  Exposure* exposure_;
  const knowledge::Knowledge* kb_;
  Remedies remedies_;
  /// Asked for only once what is needed is known: from then on the answer is the same.
  std::map<HoldKey, std::string> obstacles_;
  RpcServers staying_ = {nullptr, nullptr};  ///< known once all but the endpoint mapper is judged
};

}  // namespace

void judge(Exposure& exposure, const SystemFacts& system) { Judge(exposure, system).run(); }

}  // namespace deadlight
