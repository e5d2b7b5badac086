// The engine as JavaScript sees it: new Engine(spec, recorder, onEvent).start(vm) and so on.
#include "engine.h"

#include <napi.h>

#include <cstring>

#include "../engine/engine.h"
#include "reading.h"
#include "recorder.h"
#include "rules.h"
#include "vm_reader.h"

namespace shuttle {

namespace {

Napi::Object event_to(Napi::Env env, const Event& event) {
  constexpr const char* kTypes[] = {"exited", "ended", "served", "problem"};
  Napi::Object out = Napi::Object::New(env);
  out.Set("type", kTypes[static_cast<size_t>(event.type)]);
  out.Set("vm", event.vm);
  switch (event.type) {
    case Event::Type::kExited:
      out.Set("pid", event.pid);
      out.Set("code", event.signal ? env.Null() : Napi::Number::New(env, event.code));
      out.Set("signal", event.signal ? Napi::Number::New(env, event.signal) : env.Null());
      out.Set("error", event.exec_error ? Napi::Number::New(env, event.exec_error) : env.Null());
      break;
    case Event::Type::kServed:
      out.Set("op", event.op);
      out.Set("object", event.object);
      break;
    case Event::Type::kProblem:
      out.Set("code", event.problem);
      out.Set("detail", event.detail);
      break;
    case Event::Type::kEnded: break;
  }
  return out;
}

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Engine", {InstanceMethod<&EngineObject::start>("start"), InstanceMethod<&EngineObject::launch>("launch"),
                                       InstanceMethod<&EngineObject::kill>("kill"), InstanceMethod<&EngineObject::close>("close")});
  }

  explicit EngineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineObject>(info) {
    const auto given = info[0].As<Napi::Object>();
    EngineSpec spec{rules_from(given.Get("rules")), reading::texts(given, "vms"), reading::text(given, "init"),
                    reading::text_or_empty(given, "meeting"), reading::text_or_empty(given, "resolvConf"),
                    !given.Get("noThreadPidfds").ToBoolean()};
    tell_ = Napi::ThreadSafeFunction::New(info.Env(), info[2].As<Napi::Function>(), "shuttle events", 0, 1);
    auto tell = [tell = tell_](Event event) {
      tell.NonBlockingCall(new Event(std::move(event)), [](Napi::Env env, Napi::Function call, Event* event) {
        const std::unique_ptr<Event> owned(event);
        if (env != nullptr) call.Call({event_to(env, *owned)});
      });
    };
    engine_ = std::make_unique<Engine>(std::move(spec), recorder_from(info[1]), std::move(tell));
  }

  ~EngineObject() override { shut(); }

 private:
  Napi::Value start(const Napi::CallbackInfo& info) {
    VmSpec spec = vm_spec_from(info[0]);
    const std::string name = spec.name;
    const StartFailure failure = open(info).start(std::move(spec));
    if (!failure.step.empty()) throw failed(info.Env(), failure);
    Napi::Object out = Napi::Object::New(info.Env());
    out.Set("pid", engine_->find(name)->init().program());
    return out;
  }

  Napi::Value launch(const Napi::CallbackInfo& info) {
    const auto given = info[1].As<Napi::Object>();
    int stdio[3], error = 0;
    stdio_from(given, stdio);
    const auto vm = open(info).find(info[0].ToString().Utf8Value());
    if (!vm) throw Napi::Error::New(info.Env(), "no such VM");
    const pid_t pid = vm->init().start(launch_from(given), stdio, &error);
    if (pid <= 0) throw failed(info.Env(), {"starting a program", error});
    return Napi::Number::New(info.Env(), pid);
  }

  void kill(const Napi::CallbackInfo& info) {
    if (const auto vm = open(info).find(info[0].ToString().Utf8Value())) vm->finish();
  }

  void close(const Napi::CallbackInfo&) { shut(); }

  Engine& open(const Napi::CallbackInfo& info) {
    if (!engine_) throw Napi::Error::New(info.Env(), "the engine is closed");
    return *engine_;
  }

  static Napi::Error failed(Napi::Env env, const StartFailure& failure) {
    Napi::Error error = Napi::Error::New(env, failure.step + ": " + strerror(failure.error));
    error.Set("step", Napi::String::New(env, failure.step));
    error.Set("errno", Napi::Number::New(env, failure.error));
    return error;
  }

  void shut() {
    if (!engine_) return;
    engine_.reset();
    tell_.Release();
  }

  std::unique_ptr<Engine> engine_;
  Napi::ThreadSafeFunction tell_;
};

}  // namespace

void register_engine(Napi::Env env, Napi::Object exports) { exports.Set("Engine", EngineObject::define(env)); }

}  // namespace shuttle
