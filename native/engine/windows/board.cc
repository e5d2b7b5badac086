#include "board.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

#include "../engine.h"
#include "../pattern.h"
#include "../vm.h"
#include "carrier.h"
#include "desk.h"

namespace shuttle {

namespace {

// Asked for by the whole name that the owner made known: what others own can be told by a bit for each.
constexpr Op kByName[] = {Op::kPipeConnect,  Op::kMailslotSend,    Op::kMemoryOpen,    Op::kMemoryCreate, Op::kMutexOpen,
                          Op::kMutexCreate,  Op::kEventOpen,       Op::kEventCreate,   Op::kSemaphoreOpen, Op::kSemaphoreCreate,
                          Op::kTimerOpen,    Op::kTimerCreate};

uint64_t bit(Op op) { return uint64_t{1} << static_cast<size_t>(op); }

uint64_t mixed(std::string_view name) {
  uint64_t hash = SH_MIX_BEGIN;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 || byte >= 0xc0) hash = sh_mix(hash, byte);  // a character once, by its first byte
  }
  return sh_mixed(hash);
}

bool is_literal(const Pattern& pattern) {
  return std::ranges::all_of(pattern, [](const PatternPart& part) { return part.literal; });
}

// Whether only the asking process itself says what the rule admits.
bool hangs_on_process(const CompiledRule& rule) {
  return !rule.carrier.empty() ||
         std::ranges::any_of(rule.object, [](const PatternPart& part) { return !part.literal && part.token <= Token::kGiven && !is_lasting(part.token); });
}

// Either end of a rule may make first what is made where it is not there.
bool concerns_as_user(const CompiledRule& rule, const Vm& vm, Op op) { return rule.from == vm.name() || (rule.to == vm.name() && makes(served_for(op))); }
bool concerns_as_owner(const CompiledRule& rule, const Vm& vm, Op op) { return rule.to == vm.name() || (rule.from == vm.name() && makes(served_for(op))); }

void put(uint8_t* there, uint8_t* ours, uint64_t at) {
  ours[at / 8] = static_cast<uint8_t>(ours[at / 8] | 1 << at % 8);
  __atomic_store_n(there + at / 8, ours[at / 8], __ATOMIC_RELEASE);
}

}  // namespace

bool asks_by_name(Op asked) { return std::ranges::count(kByName, asked) != 0; }

Board::~Board() {
  if (board_) munmap(board_, sizeof *board_);
}

const Fd& Board::file() {
  std::lock_guard lock(mutex_);
  if (!board_) {
    make();
    if (board_) fill();
  }
  return file_;
}

void Board::make() {
  Fd file(memfd_create("shuttle-board", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ftruncate(file.get(), sizeof(sh_board)) != 0 || fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) return;
  void* at = mmap(nullptr, sizeof(sh_board), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return;
  board_ = static_cast<sh_board*>(at);
  ours_ = std::make_unique<sh_board>();
  file_ = std::move(file);
}

void Board::fill() {
  uint64_t ask = UINT64_MAX, serve = UINT64_MAX;
  if (!vm_.learning())
    for (const Op op : kByName) serve &= ~bit(served_for(op));
  for (const Op op : kByName) {
    ask &= ~bit(op);
    for (const CompiledRule& rule : vm_.engine.rules->rules()) {
      if (!rule.allow || !std::ranges::count(rule.ops, op)) continue;
      if (concerns_as_user(rule, vm_, op) && hangs_on_process(rule)) ask |= bit(op) | bit(served_for(op));
      if (!concerns_as_owner(rule, vm_, op) || vm_.learning()) continue;
      if (is_literal(rule.object))
        for (const PatternPart& part : rule.object) set_export(part.text);
      else
        serve |= bit(served_for(op));
    }
  }
  board_->ask_always = ask;
  board_->serve_always = serve;
  for (const auto& other : vm_.engine.others(vm_))
    if (other->agents)
      other->agents->claims().each([&](Op served, std::string_view name, std::string_view image) {
        if (shows(*other, served, name, image)) set(name);
      });
}

void Board::add(const Vm& owner, Op served, std::string_view name, std::string_view image) {
  std::lock_guard lock(mutex_);
  if (board_ && shows(owner, served, name, image)) set(name);
}

void Board::show(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (board_) set(name);
}

void Board::set(std::string_view name) { put(board_->theirs, ours_->theirs, mixed(name) % SH_THEIRS_BITS); }
void Board::set_export(std::string_view name) { put(board_->exported, ours_->exported, (mixed(name) >> 20) % SH_EXPORTED_BITS); }

bool Board::shows(const Vm& owner, Op served, std::string_view name, std::string_view image) const {
  if (vm_.learning()) return vm_.spec.mode == Mode::kAllow;
  const RuleTable& rules = *vm_.engine.rules;
  for (const Op op : kByName) {
    if (served_for(op) != served) continue;
    // The widest question: of any program, at any time.
    Question asked{.op = op, .from = vm_.name(), .object = name, .starting = true, .bindings = &vm_.spec.variables};
    if (rule_on(rules, asked, {Owner{.place = owner.name(), .image = std::string(image)}}, false).verdict == Verdict::kShuttled) return true;
    if (!makes(served)) continue;
    Question turned{.op = op, .from = owner.name(), .from_image = image, .object = name, .starting = true, .bindings = &owner.spec.variables};
    if (rule_on(rules, turned, {Owner{.place = vm_.name(), .image = {}}}, false).verdict == Verdict::kShuttled) return true;
  }
  return false;
}

}  // namespace shuttle
