#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include <span>

namespace shuttle {

namespace {

constexpr uint32_t kX32 = 0x40000000;

constexpr uint32_t low(uint8_t arg) { return offsetof(seccomp_data, args) + arg * 8; }

// A program under construction. Conditional jumps reach 255 steps, so every block ends in an answer of its own.
class Program {
 public:
  std::vector<sock_filter> steps;

  void load(uint32_t offset) { steps.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); }
  void answer(uint32_t value) { steps.push_back(BPF_STMT(BPF_RET | BPF_K, value)); }
  void jump(uint16_t how, uint32_t value, uint8_t yes, uint8_t no) {
    steps.push_back(BPF_JUMP(static_cast<uint16_t>(BPF_JMP | how | BPF_K), value, yes, no));
  }
  void append(const Program& other) { steps.insert(steps.end(), other.steps.begin(), other.steps.end()); }
};

uint32_t action_of(const FilterRow& row) {
  if (row.lets_through) return SECCOMP_RET_ALLOW;
  return row.error ? SECCOMP_RET_ERRNO | static_cast<uint32_t>(row.error) : SECCOMP_RET_USER_NOTIF;
}

// Steps that go on when the test holds and otherwise skip `rest` further steps.
Program test_steps(const Test& test, size_t rest) {
  Program out;
  auto skip = static_cast<uint8_t>(rest);
  const auto value = static_cast<uint32_t>(test.value);
  if (test.is == Test::Is::kCalledFrom) {
    out.load(offsetof(seccomp_data, instruction_pointer));
    out.jump(BPF_JEQ, value, 0, static_cast<uint8_t>(rest + 2));
    out.load(offsetof(seccomp_data, instruction_pointer) + 4);
    out.jump(BPF_JEQ, static_cast<uint32_t>(test.value >> 32), 0, skip);
    return out;
  }
  out.load(low(test.arg));
  switch (test.is) {
    case Test::Is::kEqual: out.jump(BPF_JEQ, value, 0, skip); break;
    case Test::Is::kNotEqual: out.jump(BPF_JEQ, value, skip, 0); break;
    case Test::Is::kAnyBit: out.jump(BPF_JSET, value, 0, skip); break;
    case Test::Is::kNoBit: out.jump(BPF_JSET, value, skip, 0); break;
    case Test::Is::kCalledFrom: break;
    case Test::Is::kNotZero:
      out.jump(BPF_JEQ, 0, 0, 2);
      out.load(low(test.arg) + 4);
      out.jump(BPF_JEQ, 0, skip, 0);
      break;
  }
  return out;
}

Program row_steps(const FilterRow& row) {
  Program out;
  out.answer(action_of(row));
  for (auto test = row.tests.rbegin(); test != row.tests.rend(); ++test) {
    Program before = test_steps(*test, out.steps.size());
    before.append(out);
    out = std::move(before);
  }
  return out;
}

// What is done with one call.
struct Block {
  uint32_t nr;
  Program steps;
};

std::vector<Block> blocks_of(const std::vector<FilterRow>& rows) {
  std::vector<Block> blocks;
  for (const FilterRow& row : rows) {
    if (blocks.empty() || blocks.back().nr != static_cast<uint32_t>(row.nr)) blocks.push_back({static_cast<uint32_t>(row.nr), {}});
    blocks.back().steps.append(row_steps(row));
  }
  for (Block& block : blocks) block.steps.answer(SECCOMP_RET_ALLOW);
  return blocks;
}

// Finds the call's number, which is loaded, by halves: the kernel walks the whole program for every number when a
// filter is installed, and for every trapped call.
Program search_steps(std::span<const Block> blocks) {
  constexpr size_t kFew = 3;
  Program out;
  if (blocks.size() <= kFew) {
    for (const Block& block : blocks) {
      out.jump(BPF_JEQ, block.nr, 0, static_cast<uint8_t>(block.steps.steps.size()));
      out.append(block.steps);
    }
    out.answer(SECCOMP_RET_ALLOW);
    return out;
  }
  const size_t half = blocks.size() / 2;
  const Program below = search_steps(blocks.first(half)), above = search_steps(blocks.subspan(half));
  out.jump(BPF_JGE, blocks[half].nr, 0, 1);
  out.steps.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(below.steps.size())));
  out.append(below);
  out.append(above);
  return out;
}

Program table_steps(const std::vector<FilterRow>& rows) {
  Program out;
  out.load(offsetof(seccomp_data, nr));
  out.append(search_steps(blocks_of(rows)));
  return out;
}

}  // namespace

std::vector<sock_filter> build_filter(const FilterTable& table) {
  Program native = table_steps(table.x86_64), other;
  if (table.i386.empty())
    other.answer(SECCOMP_RET_ERRNO | ENOSYS);
  else
    other = table_steps(table.i386);

  Program out;
  out.load(offsetof(seccomp_data, arch));
  out.jump(BPF_JEQ, AUDIT_ARCH_X86_64, 0, 1);
  out.steps.push_back(BPF_STMT(BPF_JMP | BPF_JA, 3));
  out.jump(BPF_JEQ, AUDIT_ARCH_I386, 0, 1);
  out.steps.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(native.steps.size() + 4)));
  out.answer(SECCOMP_RET_ERRNO | ENOSYS);
  out.load(offsetof(seccomp_data, nr));
  out.jump(BPF_JGE, kX32, 0, 1);
  out.answer(SECCOMP_RET_ERRNO | ENOSYS);
  out.append(native);
  out.append(other);
  return out.steps;
}

uint32_t evaluate_filter(const std::vector<sock_filter>& program, uint32_t arch, int nr, const uint64_t args[6], uint64_t called_from) {
  seccomp_data data = {.nr = nr, .arch = arch, .instruction_pointer = called_from, .args = {}};
  for (int i = 0; i < 6; i++) data.args[i] = args[i];
  uint32_t accumulator = 0;
  for (size_t at = 0; at < program.size(); at++) {
    const sock_filter& step = program[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        memcpy(&accumulator, reinterpret_cast<const char*>(&data) + step.k, sizeof accumulator);
        break;
      case BPF_RET | BPF_K: return step.k;
      case BPF_JMP | BPF_JA: at += step.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += accumulator == step.k ? step.jt : step.jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: at += accumulator >= step.k ? step.jt : step.jf; break;
      case BPF_JMP | BPF_JSET | BPF_K: at += (accumulator & step.k) ? step.jt : step.jf; break;
      default: return SECCOMP_RET_KILL_PROCESS;
    }
  }
  return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace shuttle
