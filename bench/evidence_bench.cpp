// Speed of the netstat reader, against the floor of touching each byte once.

#include <benchmark/benchmark.h>

#include <numeric>
#include <string>

#include "evidence/evidence.h"

namespace {

std::string netstat_of(std::size_t rows) {
  std::string text =
      "Active Connections\r\n\r\n  Proto  Local Address          Foreign Address        "
      "State           PID\r\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += "  TCP    10.0." + std::to_string(i / 250 % 250) + "." + std::to_string(i % 250) + ":" +
            std::to_string(1024 + i % 60000) + "      10.1.2.3:443           ESTABLISHED     " +
            std::to_string(4 * (i % 5000)) + "\r\n";
  }
  return text;
}

void read_netstat(benchmark::State& state) {
  const std::string text = netstat_of(static_cast<std::size_t>(state.range(0)));
  for (auto step : state) {
    (void)step;
    const std::vector<deadlight::evidence::Input> inputs = {{"host.txt", text}};
    auto snapshot = deadlight::evidence::read(inputs, deadlight::Os::server2019, {});
    benchmark::DoNotOptimize(snapshot);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(read_netstat)->Arg(100)->Arg(10'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

void touch_each_byte(benchmark::State& state) {
  const std::string text = netstat_of(static_cast<std::size_t>(state.range(0)));
  for (auto step : state) {
    (void)step;
    benchmark::DoNotOptimize(std::accumulate(text.begin(), text.end(), 0U));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(touch_each_byte)->Arg(200'000)->Unit(benchmark::kMillisecond);

}  // namespace
