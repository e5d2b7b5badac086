#include "files.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <string>
#include <vector>

#include "../engine/files/judge.h"
#include "../engine/files/names.h"
#include "../engine/filter.h"
#include "../engine/vm.h"
#include "../reader/base_path.h"
#include "../reader/gate.h"
#include "reading.h"
#include "rules.h"

namespace shuttle {
namespace {

constexpr std::string_view kZones[] = {"base", "own", "mount", "private", "protected", "outside"};
constexpr const char* kCourses[] = {"silent", "host", "private", "ask", "hidden", "nowhere"};

std::string argument(const Napi::CallbackInfo& info, size_t at) { return info[at].ToString().Utf8Value(); }

Napi::Value canonical_name(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), canonical(argument(info, 0))); }
Napi::Value canonical_already(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), is_canonical(argument(info, 0))); }
Napi::Value library(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), is_library(argument(info, 0))); }

Napi::Value base_path(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), is_base_path(argument(info, 0).c_str())); }

Napi::Value named_answer(Napi::Env env, uint32_t answer) {
  return Napi::String::New(env, answer == SECCOMP_RET_ALLOW ? "allowed" : answer == SECCOMP_RET_USER_NOTIF ? "trapped" : "refused");
}

// (reader, flags, from the gate, i386): what the filter of a learning VM does with an openat.
Napi::Value answer_to_open(const Napi::CallbackInfo& info) {
  const bool i386 = info[3].ToBoolean();
  const auto program = build_filter(filter_table({.opens = true, .windows32 = true, .reader = info[0].ToBoolean()}));
  const uint64_t args[6] = {0, 0, static_cast<uint64_t>(info[1].ToNumber().Int64Value()), 0, 0, 0};
  const uint64_t from = info[2].ToBoolean() ? gate::kCalledFrom : gate::kCalledFrom + 1;
  const uint32_t answer = evaluate_filter(program, i386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64, i386 ? 295 : SYS_openat, args, from);
  return named_answer(info.Env(), answer);
}

// (rules, whether the VM is for Windows programs, flags): what an enforcing VM's filter does with an openat.
Napi::Value answer_under_rules(const Napi::CallbackInfo& info) {
  VmSpec spec;
  spec.name = "app";
  spec.mode = Mode::kEnforce;
  if (info[1].ToBoolean()) spec.drives.push_back({'c', "/wine/drive_c"});
  const auto table = RuleTable::compile(rules_from(info[0]));
  const auto program = build_filter(filter_table(trapping_for(spec, *table)));
  const uint64_t args[6] = {0, 0, static_cast<uint64_t>(info[2].ToNumber().Int64Value()), 0, 0, 0};
  return named_answer(info.Env(), evaluate_filter(program, AUDIT_ARCH_X86_64, SYS_openat, args, 0));
}

// (path, [{letter, path}])
Napi::Value on_drive(const Napi::CallbackInfo& info) {
  std::vector<Drive> drives;
  const auto list = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto drive = list.Get(i).As<Napi::Object>();
    drives.push_back({drive.Get("letter").ToString().Utf8Value().at(0), drive.Get("path").ToString().Utf8Value()});
  }
  return Napi::String::New(info.Env(), drive_name(argument(info, 0), drives));
}

// ([{path, zone, from}], path): {zone, host, back}
Napi::Value zone_of(const Napi::CallbackInfo& info) {
  std::vector<ZonePath> zones;
  const auto list = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto zone = list.Get(i).As<Napi::Object>();
    zones.push_back({zone.Get("path").ToString().Utf8Value(), reading::word<Zone>(zone, "zone", kZones), zone.Get("from").ToString().Utf8Value()});
  }
  const ZoneMap map(zones);
  const std::string path = argument(info, 1), host = map.on_host(path);
  auto out = Napi::Object::New(info.Env());
  out["zone"] = std::string(kZones[static_cast<size_t>(map.of(path))]);
  out["host"] = host;
  out["back"] = map.from_host(host);
  return out;
}

// ({zone, here, folderHere, onHost, folderOnHost, otherVm, learning}, 'read' | 'change' | 'create'): the course taken.
Napi::Value course(const Napi::CallbackInfo& info) {
  const auto from = info[0].As<Napi::Object>();
  auto is = [&](const char* key) { return from.Get(key).ToBoolean().Value(); };
  const Found found{.zone = reading::word<Zone>(from, "zone", kZones), .here = is("here"), .folder_here = is("folderHere"), .on_host = is("onHost"),
                    .folder_on_host = is("folderOnHost"), .other_vm = is("otherVm"), .learning = is("learning")};
  const std::string what = argument(info, 1);
  const Course taken = what == "read" ? judge_read(found) : judge_change(found, what == "create");
  return Napi::String::New(info.Env(), kCourses[static_cast<size_t>(taken)]);
}

}  // namespace

void register_files(Napi::Env env, Napi::Object exports) {
  auto files = Napi::Object::New(env);
  files["canonical"] = Napi::Function::New(env, canonical_name);
  files["isCanonical"] = Napi::Function::New(env, canonical_already);
  files["isLibrary"] = Napi::Function::New(env, library);
  files["driveName"] = Napi::Function::New(env, on_drive);
  files["zoneOf"] = Napi::Function::New(env, zone_of);
  files["course"] = Napi::Function::New(env, course);
  files["isBasePath"] = Napi::Function::New(env, base_path);
  files["answerToOpen"] = Napi::Function::New(env, answer_to_open);
  files["answerUnderRules"] = Napi::Function::New(env, answer_under_rules);
  exports["files"] = files;
}

}  // namespace shuttle
