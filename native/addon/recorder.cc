// The recorder's two ends in JavaScript: NativeRecorder, made by the session, and NativeWriter, by the worker that writes.
#include "recorder.h"

#include <string>
#include <vector>

#include "registry.h"
#include "self_test.h"

namespace shuttle {
namespace {

Registry<Recorder>& recorders() {
  static Registry<Recorder> registry;
  return registry;
}

// Bytes of a string or a buffer: names need not be text.
std::string bytes_of(const Napi::Value& value) {
  if (value.IsBuffer()) {
    const auto buffer = value.As<Napi::Buffer<char>>();
    return {buffer.Data(), buffer.Length()};
  }
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

template <class T>
T number_of(const Napi::Value& value, T otherwise) {
  if (value.IsNumber()) return static_cast<T>(value.As<Napi::Number>().Int64Value());
  if (value.IsBigInt()) {
    bool lossless;
    return static_cast<T>(value.As<Napi::BigInt>().Int64Value(&lossless));
  }
  return otherwise;
}

template <class T>
std::optional<T> optional_of(const Napi::Value& value) {
  if (!value.IsNumber() && !value.IsBigInt()) return std::nullopt;
  return number_of<T>(value, 0);
}

template <class Word, size_t N>
Word word_of(Napi::Env env, const Napi::Value& value, const std::string_view (&names)[N]) {
  const std::string word = bytes_of(value);
  for (size_t at = 0; at < N; ++at) {
    if (names[at] == word) return static_cast<Word>(at);
  }
  throw Napi::TypeError::New(env, "not a word of the record: " + word);
}

class NativeRecorder : public Napi::ObjectWrap<NativeRecorder> {
 public:
  static constexpr napi_type_tag kTag{0x5d1f0b5b6f3e4a10, 0x9c2e7a4471c04be3};

  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NativeRecorder",
                       {InstanceAccessor<&NativeRecorder::id>("id"), InstanceMethod<&NativeRecorder::record>("record"),
                        InstanceMethod<&NativeRecorder::payload>("payload"),
                        InstanceMethod<&NativeRecorder::process>("process"),
                        InstanceMethod<&NativeRecorder::now>("now"), InstanceMethod<&NativeRecorder::flush>("flush"),
                        InstanceMethod<&NativeRecorder::close>("close"),
                        InstanceMethod<&NativeRecorder::abandon>("abandon"),
                        InstanceMethod<&NativeRecorder::ledger>("ledger"),
                        InstanceMethod<&NativeRecorder::self_test>("selfTest")});
  }

  explicit NativeRecorder(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeRecorder>(info) {
    RecorderOptions options;
    if (info[0].IsObject()) {
      const auto given = info[0].As<Napi::Object>();
      options.slots = std::clamp<size_t>(number_of(given.Get("slots"), options.slots), 2, 64);
      options.rows = std::clamp<size_t>(number_of(given.Get("rows"), options.rows), 64, 1 << 20) / 64 * 64;
      options.max_name_bytes = std::min(number_of(given.Get("maxNameBytes"), options.max_name_bytes), options.max_name_bytes);
    }
    recorder = std::make_shared<Recorder>(options);
    id_ = recorders().add(recorder);
    Value().TypeTag(&kTag);
  }
  ~NativeRecorder() override { recorders().remove(id_); }

  std::shared_ptr<Recorder> recorder;

 private:
  Napi::Value id(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), id_); }

  Napi::Value record(const Napi::CallbackInfo& info) {
    const auto from = info[0].As<Napi::Object>();
    const auto text = [&](const char* key) { return bytes_of(from.Get(key)); };
    const std::string vm = text("vm"), image = text("image"), object = text("object"), effective = text("effective"),
                      peer = text("peer"), peer_image = text("peer_image"), rule = text("rule"), detail = text("detail");
    Row row;
    row.vm = vm, row.image = image, row.object = object, row.effective = effective, row.peer = peer;
    row.peer_image = peer_image, row.rule = rule, row.detail = detail;
    row.pid = number_of(from.Get("pid"), 0), row.tid = number_of(from.Get("tid"), 0);
    row.op = word_of<Op>(info.Env(), from.Get("op"), kOpNames);
    row.verdict = word_of<Verdict>(info.Env(), from.Get("verdict"), kVerdictNames);
    row.source = word_of<Source>(info.Env(), from.Get("source"), kSourceNames);
    row.access = number_of(from.Get("access"), 0u), row.status = number_of(from.Get("status"), 0);
    row.latency_ns = number_of(from.Get("latency"), int64_t{0});
    row.parent = optional_of<uint64_t>(from.Get("parent"));
    row.channel = optional_of<uint32_t>(from.Get("channel"));
    const uint64_t seq = recorder->record(row);
    return seq == kLostRow ? info.Env().Null() : Napi::Number::New(info.Env(), static_cast<double>(seq));
  }

  void payload(const Napi::CallbackInfo& info) {
    const auto from = info[0].As<Napi::Object>();
    const std::string bytes = bytes_of(from.Get("bytes"));
    Payload payload;
    payload.channel = number_of(from.Get("channel"), 0u);
    payload.direction = number_of<int8_t>(from.Get("direction"), 0);
    payload.size = number_of(from.Get("size"), static_cast<uint32_t>(bytes.size()));
    payload.bytes = bytes;
    recorder->record(payload);
  }

  void process(const Napi::CallbackInfo& info) {
    const auto from = info[0].As<Napi::Object>();
    const std::string vm = bytes_of(from.Get("vm")), image = bytes_of(from.Get("image")), argv = bytes_of(from.Get("argv"));
    Process process;
    process.vm = vm, process.image = image, process.argv = argv;
    process.pid = number_of(from.Get("pid"), 0), process.vm_pid = number_of(from.Get("vm_pid"), 0);
    process.win_pid = optional_of<int32_t>(from.Get("win_pid"));
    process.parent = optional_of<int32_t>(from.Get("parent"));
    process.started = number_of(from.Get("started"), kUnknownStart);
    process.ended = optional_of<int64_t>(from.Get("ended"));
    process.exit = optional_of<int32_t>(from.Get("exit"));
    recorder->record(process);
  }

  Napi::Value now(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(recorder->now_ns()));
  }
  void flush(const Napi::CallbackInfo&) { recorder->flush(); }
  void close(const Napi::CallbackInfo&) { recorder->close(); }
  void abandon(const Napi::CallbackInfo&) { recorder->abandon(); }

  Napi::Value ledger(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const Tally tally = recorder->ledger();
    const auto count = [&](uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); };
    auto ledger = Napi::Object::New(env);
    constexpr const char* kEntries[] = {"engine", "agent", "dock"};
    for (size_t entry = 0; entry < 3; ++entry) {
      auto line = Napi::Object::New(env);
      line["seen"] = count(tally.seen[entry]);
      line["stored"] = count(tally.stored[entry]);
      line["lost"] = count(tally.lost[entry]);
      ledger[kEntries[entry]] = line;
    }
    auto result = Napi::Object::New(env);
    result["ledger"] = ledger;
    result["lostPayloads"] = count(recorder->lost_payloads());
    result["lostProcesses"] = count(recorder->lost_processes());
    return result;
  }

  Napi::Value self_test(const Napi::CallbackInfo& info) {
    const auto given = info[0].As<Napi::Object>();
    SelfTest test;
    test.rows = number_of(given.Get("rows"), test.rows);
    test.threads = std::clamp<size_t>(number_of(given.Get("threads"), test.threads), 1, 64);
    test.names = std::max<uint64_t>(1, number_of(given.Get("names"), test.names));
    test.detail = number_of(given.Get("detail"), test.detail);
    test.payload = number_of(given.Get("payload"), test.payload);
    return run_self_test(info.Env(), recorder, test);
  }

  uint32_t id_ = 0;
};

// The writer's view of a recorder: the memory of every slot, once, and then which slot to write.
class NativeWriter : public Napi::ObjectWrap<NativeWriter> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(
        env, "NativeWriter",
        {InstanceMethod<&NativeWriter::tables>("tables"), InstanceMethod<&NativeWriter::take>("take"),
         InstanceMethod<&NativeWriter::release>("release"), InstanceMethod<&NativeWriter::flush>("flush"),
         InstanceMethod<&NativeWriter::closed>("closed"), InstanceMethod<&NativeWriter::detach>("detach")});
  }

  // (recorder's id, function to call when there is something to take)
  explicit NativeWriter(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeWriter>(info) {
    recorder_ = recorders().find(number_of(info[0], 0u));
    if (!recorder_) throw Napi::Error::New(info.Env(), "no such recorder");
    using Wakeup = Napi::ThreadSafeFunction;
    // When this thread ends, however it ends, the recorder learns that nobody writes any more.
    wakeup_ = Wakeup::New(info.Env(), info[1].As<Napi::Function>(), "shuttle recorder", 0, 1,
                          [recorder = recorder_](Napi::Env) {
                            recorder->on_ready({});
                            recorder->abandon();
                          });
    recorder_->on_ready([wakeup = wakeup_] { wakeup.NonBlockingCall(); });
  }

 private:
  Napi::Value tables(const Napi::CallbackInfo& info) {
    auto list = Napi::Array::New(info.Env());
    for (Table* table : recorder_->tables()) list[list.Length()] = describe(info.Env(), *table);
    return list;
  }

  Napi::Object describe(Napi::Env env, const Table& table) {
    auto columns = Napi::Array::New(env);
    for (size_t at = 0; at < table.shape().columns.size(); ++at) {
      const ColumnSpec& spec = table.shape().columns[at];
      auto column = Napi::Object::New(env);
      column["name"] = std::string(spec.name);
      column["type"] = std::string(kColumnTypeNames[static_cast<size_t>(spec.type)]);
      column["nullable"] = Napi::Boolean::New(env, spec.nullable);
      column["values"] = Napi::Number::New(env, static_cast<double>(table.layout().places[at].values));
      column["validity"] = Napi::Number::New(env, static_cast<double>(table.layout().places[at].validity));
      columns[at] = column;
    }
    auto slots = Napi::Array::New(env);
    for (const auto& slot : table.slots()) {
      auto* keep = new std::shared_ptr<Recorder>(recorder_);
      slots[slots.Length()] = Napi::ArrayBuffer::New(env, slot->block(), table.layout().size,
                                                     [keep](Napi::Env, void*) { delete keep; });
    }
    auto result = Napi::Object::New(env);
    result["name"] = std::string(table.shape().name);
    result["columns"] = columns;
    result["heap"] = Napi::Number::New(env, static_cast<double>(table.layout().heap));
    result["slots"] = slots;
    return result;
  }

  Napi::Value take(const Napi::CallbackInfo& info) {
    const auto tables = recorder_->tables();
    for (size_t at = 0; at < tables.size(); ++at) {
      if (const auto taken = tables[at]->take()) return batch(info.Env(), at, *taken);
    }
    return info.Env().Null();
  }

  Napi::Object batch(Napi::Env env, size_t table, const Table::Taken& taken) {
    auto result = Napi::Object::New(env);
    result["table"] = Napi::Number::New(env, static_cast<double>(table));
    result["slot"] = Napi::Number::New(env, static_cast<double>(taken.index));
    result["rows"] = Napi::Number::New(env, static_cast<double>(taken.slot->rows()));
    result["heapUsed"] = Napi::Number::New(env, static_cast<double>(taken.slot->heap_used()));
    auto names = Napi::Array::New(env);
    for (size_t column = 0; column < taken.slot->fresh().size(); ++column) {
      const FreshNames& fresh = taken.slot->fresh()[column];
      if (!fresh.ends.empty()) names[names.Length()] = fresh_names(env, column, fresh);
    }
    result["names"] = names;
    return result;
  }

  Napi::Object fresh_names(Napi::Env env, size_t column, const FreshNames& fresh) {
    const size_t count = fresh.ends.size();
    auto offsets = Napi::Int32Array::New(env, count + 1);
    offsets[0] = 0;
    std::copy(fresh.ends.begin(), fresh.ends.end(), offsets.Data() + 1);
    auto result = Napi::Object::New(env);
    result["column"] = Napi::Number::New(env, static_cast<double>(column));
    result["offsets"] = offsets;
    result["bytes"] = Napi::Buffer<char>::Copy(env, fresh.bytes.data(), fresh.bytes.size());
    return result;
  }

  void release(const Napi::CallbackInfo& info) {
    const auto table = number_of(info[0], size_t{0});
    recorder_->tables().at(table)->release(number_of(info[1], size_t{0}), info[2].ToBoolean());
  }
  void flush(const Napi::CallbackInfo&) { recorder_->flush(); }
  Napi::Value closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), recorder_->closed()); }

  // The worker may end: nothing holds it any more.
  void detach(const Napi::CallbackInfo&) {
    recorder_->on_ready({});
    wakeup_.Release();
  }

  std::shared_ptr<Recorder> recorder_;
  Napi::ThreadSafeFunction wakeup_;
};

}  // namespace

std::shared_ptr<Recorder> recorder_from(Napi::Value value) {
  if (value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&NativeRecorder::kTag)) {
    return NativeRecorder::Unwrap(value.As<Napi::Object>())->recorder;
  }
  throw Napi::TypeError::New(value.Env(), "not a NativeRecorder");
}

void register_recorder(Napi::Env env, Napi::Object exports) {
  exports["NativeRecorder"] = NativeRecorder::define(env);
  exports["NativeWriter"] = NativeWriter::define(env);
}

}  // namespace shuttle
