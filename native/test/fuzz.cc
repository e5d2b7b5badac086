// The engine's pure parsers against hostile bytes, built with the address and undefined-behaviour sanitizers by
// test/native/fuzz.test.ts. The same inputs each time: a small corpus, changed by a generator with a fixed seed.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../engine/json.h"
#include "../engine/net/dns_message.h"
#include "../engine/pattern.h"
#include "../engine/utf8.h"

using namespace shuttle;

namespace {

struct Chance {
  uint64_t state = 0x9e3779b97f4a7c15u;
  uint32_t operator()(uint32_t below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return static_cast<uint32_t>(state >> 32) % below;
  }
};

void must(bool held, const char* what) {
  if (held) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

// Bytes cut, changed, doubled or joined with others.
std::string changed(Chance& chance, std::string bytes, const std::vector<std::string>& corpus) {
  for (uint32_t times = chance(6); times > 0; times--) {
    const uint32_t at = chance(static_cast<uint32_t>(bytes.size()) + 1);
    switch (chance(5)) {
      case 0: bytes.resize(at); break;
      case 1: bytes.insert(at, 1, static_cast<char>(chance(256))); break;
      case 2: if (at < bytes.size()) bytes[at] = static_cast<char>(chance(256)); break;
      case 3: bytes.insert(at, bytes.substr(0, chance(64))); break;
      default: bytes += corpus[chance(static_cast<uint32_t>(corpus.size()))];
    }
    if (bytes.size() > 4096) bytes.resize(4096);
  }
  return bytes;
}

const std::string kQuery("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x03www\x07" "example\x03org\x00\x00\x01\x00\x01\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00", 44);
const std::string kReply("\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\x03www\x07" "example\x03org\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x01\x02\x03\x04\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x05\x06\x07\x08", 65);

void dns(Chance& chance, int rounds) {
  const std::vector<std::string> corpus = {kQuery, kReply, std::string("\xc0\x0c", 2), std::string("\x3f"), std::string(12, '\0')};
  const auto asked = parse_query(kQuery);
  must(asked.has_value() && asked->name == "www.example.org", "the corpus is no query");
  must(parse_reply(kReply, *asked, 0x1234)->addresses.size() == 2, "the corpus is no reply");
  for (int round = 0; round < rounds; round++) {
    const std::string bytes = changed(chance, corpus[chance(2)], corpus);
    DnsCode code{};
    if (const auto query = parse_query(bytes, &code)) {
      must(parse_query(build_query(*query, 7)).has_value(), "a query that was built is none");
      build_reply(*query, DnsCode::kNoName);
    }
    parse_reply(bytes, *asked, 0x1234);
    must(pass_reply(*asked, bytes, 512).size() <= std::max<size_t>(512, kQuery.size()), "a reply has no room");
    build_refusal(bytes, DnsCode::kFormat);
  }
}

Pattern pattern(Chance& chance, const std::vector<std::string>& texts) {
  Pattern made;
  for (uint32_t parts = 1 + chance(5); parts > 0; parts--) {
    PatternPart part;
    part.literal = chance(3) == 0;
    if (part.literal) part.text = texts[chance(static_cast<uint32_t>(texts.size()))];
    else {
      part.token = static_cast<Token>(chance(static_cast<uint32_t>(Token::kRest) + 1));
      if (part.token == Token::kHex) part.width = chance(4) * 8;
    }
    made.push_back(part);
  }
  return made;
}

void names(Chance& chance, int rounds) {
  const std::vector<std::string> texts = {"/tmp/x-12", "\xc3\xbc\xc3\x9f", "20261122", "0a1b2c3d-0000-4000-8000-1234567890ab", "\\\\.\\pipe\\x", "\xff\xc3(", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "a_Z:", "235959"};
  Bindings bindings;
  for (std::string& value : bindings.values) value = texts[chance(10)];
  for (int round = 0; round < rounds; round++) {
    const bool fold = chance(2) == 0;
    const BoundPattern bound(pattern(chance, texts), fold, &bindings, {texts[0], texts[1]});
    for (int one = 0; one < 4; one++) {
      const std::string name = changed(chance, texts[chance(10)], texts);
      bound.matches(fold ? folded(name) : name);
      must(folded(folded(name)) == folded(name), "folding twice is not folding once");
      std::string scratch;
      must(is_text(to_text(name, 256, scratch)), "escaped bytes are no text");
    }
  }
}

void json(Chance& chance, int rounds) {
  const std::vector<std::string> corpus = {R"({"argv":["a","\u00e4",null,true,-1.5e3],"x":{}})", R"(["\"\\"])", "{\"\xff\":1}", std::string(300, '['), R"({"a":1,"a":2})"};
  for (int round = 0; round < rounds; round++) {
    const std::string bytes = changed(chance, corpus[chance(5)], corpus);
    std::string scratch, quoted;
    const std::string_view made = to_json(bytes, '{', 256, scratch);
    must(bytes.empty() || is_json(made, '{'), "what was made JSON is none");
    append_json_string(quoted, made);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 4000;
  Chance chance;
  dns(chance, rounds);
  names(chance, rounds);
  json(chance, rounds);
  return 0;
}
