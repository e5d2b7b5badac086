#include "engine.h"

#include <algorithm>
#include <iterator>

#include "join/meeting.h"
#include "loop.h"
#include "net/publish.h"
#include "net/relay.h"
#include "workers.h"

namespace shuttle {

namespace {

constexpr int kDrainMs = 1000;  // a reader that takes longer keeps nobody from ending a run

}  // namespace

Engine::Engine(EngineSpec spec, std::shared_ptr<Record> record, std::function<void(Event)> tell)
    : init_path(std::move(spec.init)),
      resolv_conf(std::move(spec.resolv_conf)),
      vms(std::move(spec.vms)),
      thread_pidfds(spec.thread_pidfds),
      several(vms.size() > 1),
      rules(RuleTable::compile(std::move(spec.rules))),
      record(std::move(record)),
      tell(std::move(tell)),
      loop_(std::make_unique<Loop>()),
      relay_(std::make_unique<Relay>(*loop_, *this->record)),
      workers_(std::make_unique<Workers>()),
      meeting_(spec.meeting.empty() ? nullptr : std::make_unique<Meeting>(*this, spec.meeting)) {}

Engine::~Engine() { close(); }

StartFailure Engine::start(VmSpec spec) {
  retire(spec.name);
  auto vm = std::make_shared<Vm>(*this, std::move(spec));
  {
    // Known before its program runs, so that its first call already finds it.
    std::lock_guard lock(mutex_);
    vms_.push_back(vm);
  }
  StartFailure failure = vm->start();
  if (failure.step.empty() && meeting_) meeting_->open(vm);
  if (!failure.step.empty()) {
    std::lock_guard lock(mutex_);
    std::erase(vms_, vm);
  }
  return failure;
}

// A VM starts once for each of its `setup` programs and then for its own: who asks by name means the one that lives.
void Engine::retire(std::string_view name) {
  std::vector<std::shared_ptr<Vm>> over;
  {
    std::lock_guard lock(mutex_);
    const auto ended = [name](const auto& vm) { return vm->name() == name && !vm->running(); };
    std::ranges::copy_if(vms_, std::back_inserter(over), ended);
    std::erase_if(vms_, ended);
    past_.insert(past_.end(), over.begin(), over.end());
  }
  for (const auto& vm : over) vm->end();
}

std::shared_ptr<Vm> Engine::find(std::string_view name) const {
  std::lock_guard lock(mutex_);
  auto found = std::ranges::find_if(vms_, [name](const auto& vm) { return vm->name() == name; });
  return found == vms_.end() ? nullptr : *found;
}

std::vector<std::shared_ptr<Vm>> Engine::others(const Vm& than) const {
  std::vector<std::shared_ptr<Vm>> found;
  {
    std::lock_guard lock(mutex_);
    for (const auto& vm : vms_)
      if (vm.get() != &than && vm->running()) found.push_back(vm);
  }
  if (meeting_) std::ranges::copy(meeting_->present(), std::back_inserter(found));
  return found;
}

void Engine::tell_two_owners(std::string_view vm, std::string_view object, const std::vector<Owner>& owners) const {
  std::string detail(object);
  for (const Owner& owner : owners) detail += " " + owner.place;
  tell({.type = Event::Type::kProblem, .vm = std::string(vm), .problem = "TWO_OWNERS", .detail = detail});
}

void Engine::keep(std::unique_ptr<Published> door) {
  std::lock_guard lock(mutex_);
  doors_.push_back(std::move(door));
}

void Engine::close() {
  std::vector<std::shared_ptr<Vm>> ending;
  {
    std::lock_guard lock(mutex_);
    ending = vms_;
    ending.insert(ending.end(), past_.begin(), past_.end());
  }
  for (const auto& vm : ending) vm->end();
  relay_->drain(kDrainMs);
  // Workers notice that their callers are gone; then nothing posts to the loop any more.
  workers_->stop();
  loop_->stop();
  if (meeting_) meeting_->close();
  std::lock_guard lock(mutex_);
  doors_.clear();
  vms_.clear();
  past_.clear();
}

}  // namespace shuttle
