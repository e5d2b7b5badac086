#include "dns_query.h"

#include <cerrno>

#include "../engine.h"
#include "../owner.h"
#include "../vm.h"
#include "../workers.h"
#include "dns_message.h"
#include "resolvers.h"
#include "state.h"

namespace shuttle {
namespace {

constexpr int kMostLookups = 64;  // of one VM at a time; the rest are told to come again

using Reply = std::function<void(const std::string&)>;

// One query on its way.
struct Lookup {
  Engine& engine;
  DnsAsker asker;
  DnsQuery query;
  size_t room;
  Reply answer;
  int64_t began;
  std::string place;
  std::string rule;
};

bool is_local(const std::string& name) { return name == "localhost" || name.ends_with(".localhost"); }

std::vector<Address> loopback() {
  const unsigned char four[4] = {127, 0, 0, 1};
  unsigned char six[16] = {};
  six[15] = 1;
  return {Address::from(AF_INET, four, 0), Address::from(AF_INET6, six, 0)};
}

Ruling rule_on_name(Vm& vm, const DnsAsker& asker, const std::string& name, const std::string& place) {
  Bindings bindings = vm.spec.variables;
  bindings.values[static_cast<size_t>(Token::kPid)] = std::to_string(asker.caller->vm_pid);
  const Question question{.op = Op::kDnsResolve, .from = vm.name(), .from_image = asker.caller->image, .to = {}, .to_image = {},
                          .object = name, .starting = vm.starting(), .operation = {}, .message = {}, .title = {}, .bindings = &bindings};
  return rule_on(*vm.engine.rules, question, {{.place = place, .image = {}}}, vm.spec.mode == Mode::kAllow);
}

std::string detail_of(const DnsQuery& query, const std::vector<Address>& addresses) {
  std::string out = R"({"type":")" + dns_type_name(query.type) + '"';
  if (!addresses.empty()) {
    out += R"(,"addresses":[)";
    for (size_t i = 0; i < addresses.size(); i++) out += (i ? ",\"" : "\"") + addresses[i].host() + '"';
    out += ']';
  }
  return out + '}';
}

void record(const Lookup& lookup, Verdict verdict, int status, const std::vector<Address>& addresses = {}) {
  Record& into = *lookup.engine.record;
  const std::string detail = detail_of(lookup.query, addresses);
  const Caller& caller = *lookup.asker.caller;
  auto vm = lookup.engine.find(lookup.asker.vm);
  into.record(Row{.vm = lookup.asker.vm, .pid = caller.pid, .tid = caller.tid, .image = vm && vm->windows() ? std::string_view() : caller.image,
                  .op = Op::kDnsResolve, .object = lookup.query.name,
                  .peer = verdict == Verdict::kAbsent ? std::string_view() : lookup.place, .verdict = verdict, .status = status,
                  .rule = lookup.rule, .latency_ns = into.now_ns() - lookup.began, .detail = detail});
}

void learn(const Lookup& lookup, const std::vector<Address>& addresses) {
  auto vm = lookup.engine.find(lookup.asker.vm);
  if (!vm) return;
  for (const Address& address : addresses) net_of(*vm).names.learn(address, lookup.query.name);
}

void answer_from_hosts(const Lookup& lookup, const std::vector<Address>& addresses) {
  const std::string reply = build_reply(lookup.query, DnsCode::kFine, addresses);
  learn(lookup, addresses);
  record(lookup, Verdict::kShuttled, 0, addresses);
  lookup.answer(reply);
}

void answer_from_network(const Lookup& lookup, const Workers& workers) {
  const Resolution found = resolve(lookup.query, resolvers(lookup.engine.resolv_conf), [&] { return workers.stopping(); });
  if (found.message.empty()) {
    record(lookup, Verdict::kShuttled, found.error);
    return lookup.answer(build_reply(lookup.query, DnsCode::kFailed));
  }
  const bool nowhere = found.reply.code == DnsCode::kNoName;
  const bool fine = found.reply.code == DnsCode::kFine;
  learn(lookup, found.reply.addresses);
  record(lookup, nowhere ? Verdict::kAbsent : Verdict::kShuttled, fine ? 0 : nowhere ? ENOENT : EIO, found.reply.addresses);
  lookup.answer(pass_reply(lookup.query, found.message, lookup.room));
}

// Counts a VM's lookups under way; false where there are too many.
class Turn {
 public:
  explicit Turn(std::shared_ptr<Vm> vm) : vm_(std::move(vm)), mine_(net_of(*vm_).lookups++ < kMostLookups) {}
  ~Turn() { net_of(*vm_).lookups--; }
  explicit operator bool() const { return mine_; }

 private:
  const std::shared_ptr<Vm> vm_;
  const bool mine_;
};

void look_up(std::shared_ptr<Vm> vm, std::shared_ptr<Lookup> lookup) {
  const void* whose = vm.get();
  auto turn = std::make_shared<Turn>(std::move(vm));
  if (!*turn) {
    record(*lookup, Verdict::kShuttled, EAGAIN);
    return lookup->answer(build_reply(lookup->query, DnsCode::kFailed));
  }
  Workers& workers = lookup->engine.workers();
  workers.run(whose, [lookup, turn, &workers] { answer_from_network(*lookup, workers); });
}

}  // namespace

void answer_query(Engine& engine, const DnsAsker& asker, std::string_view message, bool by_stream, Reply answer) {
  const int64_t began = engine.record->now_ns();
  DnsCode code{};
  auto query = parse_query(message, &code);
  if (!query) {
    const std::string refusal = build_refusal(message, code);
    if (!refusal.empty()) answer(refusal);
    return;
  }
  if (is_local(query->name)) return answer(build_reply(*query, DnsCode::kFine, loopback()));
  auto vm = engine.find(asker.vm);
  if (!vm) return;
  const std::vector<Address> known = addresses_in_hosts(query->name);
  const std::string place = known.empty() ? "net" : "host";
  const Ruling ruling = rule_on_name(*vm, asker, query->name, place);
  const size_t room = by_stream ? 65535 : query->room;
  auto lookup = std::make_shared<Lookup>(Lookup{engine, asker, std::move(*query), room, std::move(answer), began, place, ruling.rule});
  if (ruling.verdict != Verdict::kShuttled) {
    record(*lookup, ruling.verdict, ENOENT);
    return lookup->answer(build_reply(lookup->query, DnsCode::kNoName));
  }
  if (!known.empty()) return answer_from_hosts(*lookup, known);
  look_up(std::move(vm), std::move(lookup));
}

}  // namespace shuttle
