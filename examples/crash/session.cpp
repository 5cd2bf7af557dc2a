// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "session.h"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace crash {

namespace {

struct Form {
  Op op;
  const char* operands;  // t: register to, f: register from, n: number, l: label, c: function
};

const std::map<std::string, Form> Forms{
    {"set", {Op::Set, "tn"}},      {"copy", {Op::Copy, "tf"}}, {"add", {Op::Add, "tf"}},
    {"sub", {Op::Subtract, "tf"}}, {"jump", {Op::Jump, "l"}},  {"jumpzero", {Op::JumpZero, "fl"}},
    {"call", {Op::Call, "tcf"}},   {"ask", {Op::Ask, "tf"}},   {"peek", {Op::Peek, "tf"}},
    {"return", {Op::Return, "f"}},
};

class Parser {
 public:
  Parsed run(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      ++line_;
      std::istringstream words(line.substr(0, line.find('#')));
      if (std::string first; words >> first) parse_line(first, words);
    }
    for (const Use& use : uses_) {
      auto named = use.of->find(use.name);
      if (named == use.of->end()) throw std::runtime_error(at(use.line) + "nothing is called " + use.name);
      parsed_.program[use.function].code[use.instruction].number = named->second;
    }
    for (const Function& function : parsed_.program)
      if (function.code.empty() || function.code.back().op != Op::Return)
        throw std::runtime_error(function.name + " does not end in return");
    if (parsed_.program.empty()) throw std::runtime_error("there is no function");
    return std::move(parsed_);
  }

 private:
  using Names = std::map<std::string, std::int32_t>;
  struct Use {
    const Names* of;
    std::string name;
    std::size_t function, instruction;
    unsigned line;
  };

  static std::string at(unsigned line) { return "line " + std::to_string(line) + ": "; }

  void parse_line(const std::string& first, std::istringstream& words) {
    if (first == "function") {
      std::string name;
      words >> name;
      functions_[name] = static_cast<std::int32_t>(parsed_.program.size());
      parsed_.program.push_back({name, {}});
      parsed_.lines.push_back({line_, {}});
      return;
    }
    if (parsed_.program.empty()) throw std::runtime_error(at(line_) + "this is in no function");
    std::vector<Instruction>& code = parsed_.program.back().code;
    const std::size_t function = parsed_.program.size() - 1;
    if (first.back() == ':') {
      labels_[function][first.substr(0, first.size() - 1)] = static_cast<std::int32_t>(code.size());
      return;
    }
    auto form = Forms.find(first);
    if (form == Forms.end()) throw std::runtime_error(at(line_) + "there is no instruction " + first);
    Instruction instruction{form->second.op};
    for (const char* operand = form->second.operands; *operand; ++operand) {
      std::string word;
      if (!(words >> word)) throw std::runtime_error(at(line_) + first + " needs another operand");
      if (*operand == 't' || *operand == 'f') {
        if (word.size() != 2 || word[0] != 'r' || word[1] < '0' || word[1] > '3')
          throw std::runtime_error(at(line_) + word + " is no register");
        (*operand == 't' ? instruction.to : instruction.from) = static_cast<std::uint8_t>(word[1] - '0');
      } else if (*operand == 'n') {
        instruction.number = static_cast<std::int32_t>(std::stol(word));
      } else {
        uses_.push_back({*operand == 'l' ? &labels_[function] : &functions_, word, function, code.size(), line_});
      }
    }
    code.push_back(instruction);
    parsed_.lines.back().of_code.push_back(line_);
  }

  Parsed parsed_;
  Names functions_;
  std::map<std::size_t, Names> labels_;  // by function
  std::vector<Use> uses_;
  unsigned line_ = 0;
};

}  // namespace

Parsed parse(const std::string& text) { return Parser().run(text); }

inlay::Result<inlay::Function<long(long)>> compile(const inlay::Jit& jit, const Parsed& parsed,
                                                   const std::string& file) {
  const inlay::Frozen<Program> program = jit.freeze([&] { return parsed.program; }, {.name = "program"});
  // Which line each instruction is of, by the address that it has now.
  inlay::GuestSource source;
  for (std::size_t i = 0; i < program->size(); ++i) {
    const Function& function = (*program)[i];
    const unsigned number = source.add_function(function.name, file, parsed.lines[i].function);
    for (std::size_t k = 0; k < function.code.size(); ++k)
      source.add_code(&function.code[k], sizeof function.code[k], number, parsed.lines[i].of_code[k]);
  }
  if (inlay::Result<void> annotated = inlay::annotate_source(program.region(), source); !annotated)
    return std::move(annotated).error();
  const std::uint32_t first = 0;
  return jit.specialize(interpret, inlay::constant(program), inlay::constant(first), std::placeholders::_1);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace crash
