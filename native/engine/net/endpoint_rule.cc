#include "endpoint_rule.h"

#include "../engine.h"
#include "../vm.h"
#include "names.h"

namespace shuttle {

EndpointRuling rule_on_endpoint(const Trap& trap, Op op, const Address& to, const std::vector<Owner>& owners) {
  sockaddr_storage at;
  to.put(at);
  const bool carry = trap.vm.spec.mode == Mode::kAllow;
  EndpointRuling first;
  for (const std::string& object : endpoint_names(trap.vm, reinterpret_cast<sockaddr&>(at))) {
    Bindings bindings;
    Ruling ruling = rule_on(*trap.vm.engine.rules, question_of(trap, op, object, bindings), owners, carry);
    if (!ruling.rule.empty()) return {ruling, object};
    if (first.object.empty()) first = {ruling, object};
  }
  return first;
}

}  // namespace shuttle
