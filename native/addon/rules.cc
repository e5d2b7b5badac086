// The rule table for JavaScript: what the engine would decide, asked offline.
#include "rules.h"

#include <memory>
#include <string>

#include "../engine/pattern.h"

namespace shuttle {

namespace {

// A question's texts, kept alive beside the views that the table reads.
class Asked {
 public:
  explicit Asked(const Napi::Object& from) {
    question_.op = op_of(from);
    question_.from = keep(from, "from");
    question_.from_image = keep(from, "fromImage");
    question_.to = keep(from, "to");
    question_.to_image = keep(from, "toImage");
    question_.object = keep(from, "object");
    question_.operation = keep(from, "operation");
    question_.message = keep(from, "message");
    question_.title = keep(from, "title");
    if (const Napi::Value access = from.Get("access"); access.IsNumber()) question_.access = access.As<Napi::Number>();
    if (const Napi::Value starting = from.Get("starting"); starting.IsBoolean())
      question_.starting = starting.As<Napi::Boolean>();
    read_args(from.Get("args"));
    bindings_ = bindings_from(from.Get("bindings"));
    read_given(from.Get("given"));
    question_.bindings = &bindings_;
  }

  const Question& question() const { return question_; }

 private:
  static Op op_of(const Napi::Object& from) {
    const std::string name = from.Get("op").ToString();
    for (size_t op = 0; op < std::size(kOpNames); op++)
      if (kOpNames[op] == name) return static_cast<Op>(op);
    throw Napi::TypeError::New(from.Env(), "unknown op " + name);
  }

  std::string_view keep(const Napi::Object& from, const char* key) { return keep(from.Get(key)); }

  std::string_view keep(const Napi::Value& value) {
    if (!value.IsString()) return {};
    texts_.push_back(std::make_unique<std::string>(value.As<Napi::String>().Utf8Value()));
    return *texts_.back();
  }

  void read_args(const Napi::Value& value) {
    if (!value.IsArray()) return;
    const Napi::Array list = value.As<Napi::Array>();
    for (uint32_t at = 0; at < list.Length(); at++) args_.push_back(keep(list.Get(at)));
    question_.argv = &args_;
  }

  void read_given(const Napi::Value& value) {
    if (!value.IsArray()) return;
    const Napi::Array list = value.As<Napi::Array>();
    for (uint32_t at = 0; at < list.Length(); at++) {
      const Napi::Object one = list.Get(at).As<Napi::Object>();
      bindings_.given.push_back({keep(one, "carrier"), keep(one, "value")});
    }
  }

  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<std::string_view> args_;
  Bindings bindings_;
  Question question_;
};

Napi::Object answer(Napi::Env env, const CompiledRule& rule) {
  Napi::Object made = Napi::Object::New(env);
  made.Set("rule", rule.id);
  made.Set("allow", rule.allow);
  made.Set("to", rule.to);
  return made;
}

class Rules final : public Napi::ObjectWrap<Rules> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "RuleTable",
                       {InstanceMethod<&Rules::decide>("decide"), InstanceMethod<&Rules::pointing>("pointing"),
                        InstanceMethod<&Rules::any>("any")});
  }

  explicit Rules(const Napi::CallbackInfo& info) : ObjectWrap(info), table_(RuleTable::compile(rules_from(info[0]))) {}

 private:
  Napi::Value decide(const Napi::CallbackInfo& info) {
    const Asked asked(info[0].As<Napi::Object>());
    const CompiledRule* rule = table_->most_specific(asked.question());
    return rule == nullptr ? info.Env().Null() : answer(info.Env(), *rule).As<Napi::Value>();
  }

  Napi::Value pointing(const Napi::CallbackInfo& info) {
    const Asked asked(info[0].As<Napi::Object>());
    Napi::Array made = Napi::Array::New(info.Env());
    for (const CompiledRule* rule : table_->pointing(asked.question())) made.Set(made.Length(), answer(info.Env(), *rule));
    return made;
  }

  Napi::Value any(const Napi::CallbackInfo& info) {
    Napi::Object question = Napi::Object::New(info.Env());
    question.Set("from", info[0]);
    question.Set("op", info[1]);
    const Asked asked(question);
    return Napi::Boolean::New(info.Env(), table_->any(asked.question().from, asked.question().op));
  }

  std::unique_ptr<RuleTable> table_;
};

// matchPattern(rule, name: Buffer, bindings) -> {matches, steps}: the rule's object alone, with the work it took.
Napi::Value match_pattern(const Napi::CallbackInfo& info) {
  Napi::Array one = Napi::Array::New(info.Env(), 1);
  one.Set(0u, info[0]);
  const CompiledRule rule = rules_from(one)[0];
  const auto bytes = info[1].As<Napi::Buffer<char>>();
  const std::string_view name(bytes.Data(), bytes.Length());
  const Bindings bindings = bindings_from(info[2]);
  std::vector<std::string> kept;
  std::vector<std::string_view> given;
  if (info[3].IsArray()) {
    const Napi::Array list = info[3].As<Napi::Array>();
    for (uint32_t at = 0; at < list.Length(); at++) kept.push_back(list.Get(at).ToString());
    given.assign(kept.begin(), kept.end());
  }
  uint64_t steps = 0;
  const BoundPattern pattern(rule.object, rule.fold, &bindings, given);
  Napi::Object made = Napi::Object::New(info.Env());
  made.Set("matches", pattern.matches(rule.fold ? folded(name) : std::string(name), &steps));
  made.Set("steps", static_cast<double>(steps));
  return made;
}

Napi::Value fold_name(const Napi::CallbackInfo& info) {
  const auto bytes = info[0].As<Napi::Buffer<char>>();
  const std::string made = folded({bytes.Data(), bytes.Length()});
  return Napi::Buffer<char>::Copy(info.Env(), made.data(), made.size());
}

}  // namespace

void register_rules(Napi::Env env, Napi::Object exports) {
  exports.Set("RuleTable", Rules::define(env));
  exports.Set("matchPattern", Napi::Function::New(env, match_pattern, "matchPattern"));
  exports.Set("foldName", Napi::Function::New(env, fold_name, "foldName"));
}

}  // namespace shuttle
