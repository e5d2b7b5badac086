#include "names.h"

#include <algorithm>

#include "state.h"

namespace shuttle {
namespace {

constexpr size_t kMostAddresses = 4096;
constexpr size_t kMostNames = 4;

}  // namespace

void Names::learn(const Address& address, std::string_view name) {
  Address key = address.with_port(0);
  std::lock_guard lock(mutex_);
  auto [found, fresh] = known_.try_emplace(key);
  if (fresh) order_.push_back(key);
  auto& names = found->second;
  std::erase(names, name);
  names.emplace_front(name);
  if (names.size() > kMostNames) names.pop_back();
  if (order_.size() <= kMostAddresses) return;
  known_.erase(order_.front());
  order_.pop_front();
}

std::vector<std::string> Names::of(const Address& address) const {
  std::lock_guard lock(mutex_);
  auto found = known_.find(address.with_port(0));
  if (found == known_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::string> endpoint_names(Vm& vm, const sockaddr& at) {
  Address address = Address::of(at);
  if (!address) return {};
  std::vector<std::string> names = net_of(vm).names.of(address);
  for (std::string& name : names) name += ":" + std::to_string(address.port);
  names.push_back(address.text());
  return names;
}

std::string endpoint_name(Vm& vm, const sockaddr& at) {
  std::vector<std::string> names = endpoint_names(vm, at);
  return names.empty() ? std::string() : names.front();
}

}  // namespace shuttle
