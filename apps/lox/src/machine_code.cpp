// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine_code.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace lox {
namespace {

/// What an instruction does with where the program goes on.
struct Jump {
  bool ends = false;  // what follows is not what comes next
  std::optional<std::uint64_t> target;
};

std::string_view mnemonic_of(const std::string& text) {
  const std::string_view view = text;
  return view.substr(0, view.find_first_of(" \t"));
}

bool is_padding(const MachineInstruction& instruction) {
  const std::string_view mnemonic = mnemonic_of(instruction.text);
  return mnemonic == "nop" || mnemonic == "int3" || mnemonic == "data16" || mnemonic == "xchg";
}

/// One line of assembly: "   1c\tjne\t0x40  # symbol". Null: no line of assembly.
std::optional<MachineInstruction> parse(std::string_view line, Jump& jump) {
  const std::size_t tab = line.find('\t');
  if (tab == line.npos) return std::nullopt;
  MachineInstruction made;
  made.offset = std::stoull(std::string(line.substr(0, tab)), nullptr, 16);
  std::string_view text = line.substr(tab + 1), symbol;
  if (const std::size_t mark = text.find("  # "); mark != text.npos) {
    symbol = text.substr(mark + 4);
    text = text.substr(0, mark);
  }
  made.text = text;
  std::replace(made.text.begin(), made.text.end(), '\t', ' ');
  const std::string_view mnemonic = mnemonic_of(made.text);
  const bool through_pointer = made.text.find('[') != made.text.npos || made.text.find("0x") == made.text.npos;
  if (mnemonic == "call") {
    made.call = describe_call(symbol);
    jump.ends = never_returns(symbol);
  } else if (mnemonic == "jmp" && !symbol.empty()) {
    made.call = describe_call(symbol);  // the last thing of all
    jump.ends = true;
  } else if (mnemonic.starts_with("j")) {
    jump.ends = mnemonic == "jmp";
    if (!through_pointer) jump.target = std::stoull(made.text.substr(made.text.find("0x") + 2), nullptr, 16);
  } else {
    jump.ends = mnemonic.starts_with("ret") || mnemonic == "ud2";
  }
  return made;
}

/// Splits a function into blocks; padding between them is in none of them, and is dropped.
void find_blocks(MachineFunction& function, std::vector<Jump>& jumps) {
  std::set<std::uint64_t> leaders;
  for (const Jump& jump : jumps)
    if (jump.target) leaders.insert(*jump.target);
  std::vector<MachineInstruction> kept;
  std::vector<Jump> kept_jumps;
  std::map<std::uint64_t, std::size_t> block_at;
  bool begins = true, after_end = false;
  for (std::size_t i = 0; i < function.instructions.size(); ++i) {
    MachineInstruction& instruction = function.instructions[i];
    if (leaders.contains(instruction.offset)) begins = true, after_end = false;
    if (after_end && is_padding(instruction)) continue;
    if (begins) {
      block_at[instruction.offset] = function.blocks.size();
      function.blocks.emplace_back();
    }
    instruction.block = function.blocks.size() - 1;
    function.blocks.back().instructions.push_back(kept.size());
    kept.push_back(std::move(instruction));
    kept_jumps.push_back(jumps[i]);
    begins = jumps[i].ends || jumps[i].target;
    after_end = jumps[i].ends;
  }
  function.instructions = std::move(kept);
  for (std::size_t i = 0; i < function.blocks.size(); ++i) {
    CodeBlock& block = function.blocks[i];
    const Jump& last = kept_jumps[block.instructions.back()];
    if (last.target)
      if (auto to = block_at.find(*last.target); to != block_at.end()) block.successors.push_back(to->second);
    if (!last.ends && i + 1 < function.blocks.size()) block.successors.push_back(i + 1);
  }
}

std::vector<std::vector<std::size_t>> predecessors_of(const MachineFunction& function) {
  std::vector<std::vector<std::size_t>> predecessors(function.blocks.size());
  for (std::size_t i = 0; i < function.blocks.size(); ++i)
    for (const std::size_t to : function.blocks[i].successors) predecessors[to].push_back(i);
  return predecessors;
}

/// Cold is what calls a slow path, and what only leads to such code, or only comes from it.
void find_cold(MachineFunction& function) {
  const auto predecessors = predecessors_of(function);
  for (std::size_t i = 0; i < function.blocks.size(); ++i) {
    CodeBlock& block = function.blocks[i];
    block.of_exceptions = i > 0 && predecessors[i].empty();
    block.cold = block.of_exceptions;
    for (const std::size_t at : block.instructions)
      if (const auto& call = function.instructions[at].call) block.cold |= call->kind != LeftCall::Kind::Work;
  }
  const auto all_cold = [&](const std::vector<std::size_t>& blocks) {
    return !blocks.empty() &&
           std::all_of(blocks.begin(), blocks.end(), [&](std::size_t i) { return function.blocks[i].cold; });
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 1; i < function.blocks.size(); ++i) {
      CodeBlock& block = function.blocks[i];
      if (block.cold || (!all_cold(predecessors[i]) && !all_cold(block.successors))) continue;
      block.cold = changed = true;
    }
  }
}

/// Counts the loops around blocks: strongly connected parts, then the same of each without where it is entered.
class Loops {
 public:
  explicit Loops(MachineFunction& function) : function_(function), predecessors_(predecessors_of(function)) {}

  void count() {
    std::vector<std::size_t> all(function_.blocks.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    count_within(all);
  }

 private:
  void count_within(const std::vector<std::size_t>& blocks) {
    const std::set<std::size_t> inside(blocks.begin(), blocks.end());
    std::set<std::size_t> done;
    for (const std::size_t begin : blocks) {
      if (done.contains(begin)) continue;
      std::vector<std::size_t> part = connected_to(begin, inside);
      done.insert(part.begin(), part.end());
      const auto& next = function_.blocks[begin].successors;
      if (part.size() == 1 && std::find(next.begin(), next.end(), begin) == next.end()) continue;
      for (const std::size_t i : part) ++function_.blocks[i].loops;
      std::erase(part, head_of(part));
      count_within(part);
    }
  }

  /// Blocks that the block reaches, and that reach it.
  std::vector<std::size_t> connected_to(std::size_t begin, const std::set<std::size_t>& inside) const {
    const auto reach = [&](const auto& next_of) {
      std::set<std::size_t> seen{begin};
      std::vector<std::size_t> open{begin};
      while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const std::size_t to : next_of(at))
          if (inside.contains(to) && seen.insert(to).second) open.push_back(to);
      }
      return seen;
    };
    const auto forward = reach([&](std::size_t i) -> const auto& { return function_.blocks[i].successors; });
    const auto backward = reach([&](std::size_t i) -> const auto& { return predecessors_[i]; });
    std::vector<std::size_t> both;
    std::set_intersection(forward.begin(), forward.end(), backward.begin(), backward.end(), std::back_inserter(both));
    return both;
  }

  /// The first block of a loop that something outside of it leads to.
  std::size_t head_of(const std::vector<std::size_t>& part) const {
    const std::set<std::size_t> inside(part.begin(), part.end());
    for (const std::size_t i : part)
      for (const std::size_t from : predecessors_[i])
        if (!inside.contains(from)) return i;
    return part.front();
  }

  MachineFunction& function_;
  std::vector<std::vector<std::size_t>> predecessors_;
};

/// Makes one of cold blocks that lead to one another, and one of all that exceptions enter.
void join_cold_blocks(MachineFunction& function) {
  std::vector<std::size_t> joined(function.blocks.size());
  for (std::size_t i = 0; i < joined.size(); ++i) joined[i] = i;
  const auto find = [&](std::size_t i) {
    while (joined[i] != i) i = joined[i];
    return i;
  };
  std::optional<std::size_t> exceptions;
  for (std::size_t i = 1; i < function.blocks.size(); ++i) {
    const CodeBlock& block = function.blocks[i];
    if (block.of_exceptions) {
      if (!exceptions) exceptions = i;
      joined[find(i)] = find(*exceptions);
    }
    for (const std::size_t to : block.successors)
      if (block.cold && to != 0 && function.blocks[to].cold) joined[find(to)] = find(i);
  }
  std::vector<CodeBlock> blocks;
  std::map<std::size_t, std::size_t> numbers;
  for (std::size_t i = 0; i < function.blocks.size(); ++i) {
    const auto [number, is_new] = numbers.try_emplace(find(i), blocks.size());
    CodeBlock& block = function.blocks[i];
    if (is_new) {
      blocks.push_back(std::move(block));
      continue;
    }
    CodeBlock& into = blocks[number->second];
    into.instructions.insert(into.instructions.end(), block.instructions.begin(), block.instructions.end());
    into.successors.insert(into.successors.end(), block.successors.begin(), block.successors.end());
    into.of_exceptions |= block.of_exceptions;
    into.loops = std::min(into.loops, block.loops);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    CodeBlock& block = blocks[i];
    std::set<std::size_t> successors;
    for (const std::size_t to : block.successors)
      if (const std::size_t number = numbers.at(find(to)); number != i || !block.cold) successors.insert(number);
    block.successors.assign(successors.begin(), successors.end());
    std::set<unsigned> lines;
    for (const std::size_t at : block.instructions) {
      function.instructions[at].block = i;
      if (function.instructions[at].line != 0) lines.insert(function.instructions[at].line);
    }
    block.lines.assign(lines.begin(), lines.end());
  }
  function.blocks = std::move(blocks);
}

/// Says which lines the instructions of one function belong to.
void set_lines(MachineFunction& function, unsigned index, const inlay::Report& report) {
  std::map<std::string, std::uint64_t> bytes_of;
  for (const inlay::GuestInstruction& guest : report.guest) {
    for (const inlay::CodeRange& range : guest.code) {
      if (range.function != index || !guest.source.known()) continue;
      bytes_of[guest.source_function] += range.size;
      auto at = std::lower_bound(function.instructions.begin(), function.instructions.end(), range.offset,
                                 [](const MachineInstruction& each, std::uint64_t to) { return each.offset < to; });
      for (; at != function.instructions.end() && at->offset < range.offset + range.size; ++at)
        at->line = guest.source.line;
    }
  }
  const auto most = std::max_element(bytes_of.begin(), bytes_of.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != bytes_of.end()) function.lox_function = most->first;
}

}  // namespace

std::vector<MachineFunction> machine_code_of(const inlay::Report& report) {
  std::vector<MachineFunction> functions;
  std::vector<int> ranks;
  for (unsigned index = 0; index < report.functions.size(); ++index) {
    const std::string_view assembly = report.functions[index].assembly;
    MachineFunction function;
    function.size = report.functions[index].size;
    std::vector<Jump> jumps;
    for (std::size_t begin = 0; begin < assembly.size();) {
      const std::size_t end = std::min(assembly.find('\n', begin), assembly.size());
      Jump jump;
      if (auto instruction = parse(assembly.substr(begin, end - begin), jump)) {
        function.instructions.push_back(*std::move(instruction));
        jumps.push_back(jump);
      }
      begin = end + 1;
    }
    if (function.instructions.empty()) continue;
    set_lines(function, index, report);
    find_blocks(function, jumps);
    find_cold(function);
    Loops(function).count();
    join_cold_blocks(function);
    functions.push_back(std::move(function));
    const bool is_entry = report.functions[index].name.starts_with(report.function);
    ranks.push_back(is_entry ? 0 : functions.back().lox_function.empty() ? 2 : 1);
  }
  // The entry, what it calls, and what nobody looks for.
  std::vector<MachineFunction> sorted;
  for (const int rank : {0, 1, 2})
    for (std::size_t i = 0; i < functions.size(); ++i)
      if (ranks[i] == rank) sorted.push_back(std::move(functions[i]));
  return sorted;
}

}  // namespace lox
