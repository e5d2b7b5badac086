// From JavaScript's compiled rules to the engine's. policygen has checked them; what is wrong here is a bug, and no
// rule is made of it.
#include <algorithm>
#include <iterator>

#include "rules.h"

namespace shuttle {

namespace {

[[noreturn]] void refuse(Napi::Env env, const std::string& text) { throw Napi::TypeError::New(env, "compiled rule: " + text); }

std::string text_of(const Napi::Value& value, const char* key) {
  if (!value.IsString()) refuse(value.Env(), std::string(key) + " is no string");
  return value.As<Napi::String>().Utf8Value();
}

std::string text_at(const Napi::Object& object, const char* key) { return text_of(object.Get(key), key); }

std::string text_or_empty(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  return value.IsNull() || value.IsUndefined() ? std::string() : text_of(value, key);
}

bool flag_at(const Napi::Object& object, const char* key) {
  const Napi::Value value = object.Get(key);
  if (!value.IsBoolean()) refuse(object.Env(), std::string(key) + " is no boolean");
  return value.As<Napi::Boolean>();
}

uint32_t number_of(const Napi::Value& value, const char* key) {
  if (!value.IsNumber()) refuse(value.Env(), std::string(key) + " is no number");
  return value.As<Napi::Number>().Uint32Value();
}

template <class Word, size_t Count>
Word word_of(const Napi::Value& value, const std::string_view (&names)[Count], const char* key) {
  const std::string text = text_of(value, key);
  const auto found = std::find(std::begin(names), std::end(names), text);
  if (found == std::end(names)) refuse(value.Env(), "unknown " + std::string(key) + " " + text);
  return static_cast<Word>(found - std::begin(names));
}

template <class Read>
void each(const Napi::Value& value, const char* key, Read read) {
  if (!value.IsArray()) refuse(value.Env(), std::string(key) + " is no list");
  const Napi::Array list = value.As<Napi::Array>();
  for (uint32_t at = 0; at < list.Length(); at++) {
    Napi::HandleScope scope(value.Env());
    read(list.Get(at));
  }
}

PatternPart part_from(const Napi::Value& value) {
  PatternPart part;
  if (value.IsString()) {
    part.text = text_of(value, "pattern");
    return part;
  }
  if (!value.IsObject()) refuse(value.Env(), "a pattern's part is neither text nor token");
  const Napi::Object object = value.As<Napi::Object>();
  part.literal = false;
  part.token = word_of<Token>(object.Get("token"), kTokenNames, "token");
  const Napi::Value width = object.Get("width");
  if (!width.IsUndefined()) part.width = number_of(width, "width");
  return part;
}

Pattern pattern_from(const Napi::Value& value) {
  Pattern pattern;
  each(value, "pattern", [&](const Napi::Value& part) { pattern.push_back(part_from(part)); });
  return pattern;
}

CompiledRule rule_from(const Napi::Value& value) {
  if (!value.IsObject()) refuse(value.Env(), "not an object");
  const Napi::Object object = value.As<Napi::Object>();
  CompiledRule rule;
  rule.id = text_at(object, "id");
  rule.allow = flag_at(object, "allow");
  each(object.Get("ops"), "ops", [&](const Napi::Value& op) { rule.ops.push_back(word_of<Op>(op, kOpNames, "op")); });
  rule.from = text_at(object, "from");
  rule.from_image = text_or_empty(object, "fromImage");
  rule.to = text_at(object, "to");
  rule.to_image = text_or_empty(object, "toImage");
  rule.object = pattern_from(object.Get("object"));
  rule.fold = flag_at(object, "fold");
  rule.access = number_of(object.Get("access"), "access");
  const Napi::Value args = object.Get("args");
  rule.has_args = !args.IsNull() && !args.IsUndefined();
  if (rule.has_args) each(args, "args", [&](const Napi::Value& arg) { rule.args.push_back(pattern_from(arg)); });
  rule.startup_only = text_or_empty(object, "phase") == "startup";
  rule.operation = text_or_empty(object, "operation");
  rule.message = text_or_empty(object, "message");
  rule.title = text_or_empty(object, "title");
  rule.carrier = text_or_empty(object, "carrier");
  rule.relay = flag_at(object, "relay");
  return rule;
}

}  // namespace

std::vector<CompiledRule> rules_from(const Napi::Value& value) {
  std::vector<CompiledRule> rules;
  each(value, "rules", [&](const Napi::Value& rule) { rules.push_back(rule_from(rule)); });
  return rules;
}

Bindings bindings_from(const Napi::Value& value) {
  Bindings bindings;
  if (value.IsUndefined() || value.IsNull()) return bindings;
  if (!value.IsObject()) refuse(value.Env(), "bindings are no object");
  const Napi::Object object = value.As<Napi::Object>();
  for (size_t token = 0; token < static_cast<size_t>(Token::kGiven); token++) {
    const std::string name(kTokenNames[token]);
    bindings.values[token] = text_or_empty(object, name.c_str());
  }
  return bindings;
}

}  // namespace shuttle
