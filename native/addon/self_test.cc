#include "self_test.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace shuttle {
namespace {

// Rows like those of a busy program: most names come again, some are new.
uint64_t record_share(Recorder& recorder, const SelfTest& test, size_t thread) {
  const std::string detail = test.detail < 12 ? "" : "{\"title\":\"" + std::string(test.detail - 12, 'x') + "\"}";
  const std::string bytes(test.payload, '\x7f');
  uint64_t kept = 0;
  for (uint64_t at = thread; at < test.rows; at += test.threads) {
    const std::string object = "/usr/share/self-test/folder/file-" + std::to_string(at % test.names) + ".txt";
    Row row;
    row.vm = "app";
    row.pid = row.tid = static_cast<int32_t>(1000 + thread);
    row.image = "/usr/bin/self-test";
    row.op = Op::kFileRead;
    row.object = object;
    row.peer = at % 2 ? "host" : "";
    row.access = kAccessRead;
    row.verdict = Verdict::kShuttled;
    row.latency_ns = static_cast<int64_t>(at);
    row.source = at % 3 ? Source::kSeen : Source::kAgent;
    if (at % 16 == 0) row.detail = detail;
    if (recorder.record(row) != kLostRow) ++kept;
    if (test.payload && at % 16 == 0) {
      recorder.record(Payload{recorder.new_channel(), 0, static_cast<uint32_t>(bytes.size()), bytes});
    }
  }
  return kept;
}

class Load : public Napi::AsyncWorker {
 public:
  Load(Napi::Env env, std::shared_ptr<Recorder> recorder, const SelfTest& test)
      : Napi::AsyncWorker(env), done(Napi::Promise::Deferred::New(env)), recorder_(std::move(recorder)), test_(test) {}

  void Execute() override {
    const int64_t began = recorder_->now_ns();
    std::vector<std::thread> threads;
    for (size_t thread = 0; thread < test_.threads; ++thread) {
      threads.emplace_back([this, thread] { kept_ += record_share(*recorder_, test_, thread); });
    }
    for (std::thread& thread : threads) thread.join();
    took_ = recorder_->now_ns() - began;
  }

  void OnOK() override {
    auto result = Napi::Object::New(Env());
    result["kept"] = Napi::Number::New(Env(), static_cast<double>(kept_));
    result["ns"] = Napi::Number::New(Env(), static_cast<double>(took_));
    done.Resolve(result);
  }

  const Napi::Promise::Deferred done;

 private:
  const std::shared_ptr<Recorder> recorder_;
  const SelfTest test_;
  std::atomic<uint64_t> kept_{0};
  int64_t took_ = 0;
};

}  // namespace

Napi::Value run_self_test(Napi::Env env, std::shared_ptr<Recorder> recorder, const SelfTest& test) {
  auto* load = new Load(env, std::move(recorder), test);
  const auto promise = load->done.Promise();
  load->Queue();
  return promise;
}

}  // namespace shuttle
