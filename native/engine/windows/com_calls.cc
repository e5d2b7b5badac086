#include "com_calls.h"

#include "../vm.h"
#include "exporters.h"

namespace shuttle {

namespace {

constexpr std::string_view kRemUnknown = "{00000131-0000-0000-c000-000000000046}";
constexpr uint16_t kQueryInterface = 3;
constexpr size_t kMostQueries = 256;

Turn turn_between(const std::shared_ptr<Vm>& teller, const std::shared_ptr<Vm>& hearer) {
  return [teller, hearer](Exporter exporter) { return turned(exporter, *teller, *hearer); };
}

}  // namespace

void ComCalls::to_server(std::span<char> bytes, const RpcPacket& packet, const std::string& interface) {
  const auto client = client_.lock(), server = server_.lock();
  if (!client || !server || packet.kind != RpcPacket::Kind::kRequest) return;
  if (interface == kRemUnknown && packet.operation == kQueryInterface && queries_.size() < kMostQueries) queries_.insert(packet.call);
  const Turn turn = turn_between(client, server);
  if (packet.target) turn_target(bytes.subspan(packet.target, 16), turn);
  turn_references(bytes, turn);
}

void ComCalls::to_client(std::span<char> bytes) {
  const auto client = client_.lock(), server = server_.lock();
  const auto answer = rpc_answer({bytes.data(), bytes.size()});
  if (!client || !server || !answer) return;
  const Turn turn = turn_between(server, client);
  if (queries_.erase(answer->call) && answer->first) turn_query_results(bytes.subspan(answer->body), turn);
  else turn_references(bytes.subspan(answer->body), turn);
}

}  // namespace shuttle
