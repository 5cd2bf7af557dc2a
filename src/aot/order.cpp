// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The order of functions is that of call-chain clustering (Ottoni and Maher, "Optimizing Function Placement for
// Large-Scale Data-Center Applications", CGO 2017): each function, the most often entered one first, joins the cluster
// of the one that calls it most, as long as a cluster stays small enough for a page; then the densest clusters come
// first. A profile of entries does not say who called: an edge counts as often as the rarer of its two ends.
#include "aot/order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/ProfileData/InstrProfReader.h>
#include <llvm/Support/VirtualFileSystem.h>

namespace inlay::aot {

namespace {

constexpr std::uint64_t ClusterLimit = 4096;      // bytes, about
constexpr std::uint64_t BytesPerInstruction = 4;  // about, of LLVM's instructions

struct Node {
  llvm::Function* function;
  std::uint64_t entered;
  std::uint64_t size;
  std::size_t cluster;
};

struct Cluster {
  std::vector<std::size_t> nodes;
  std::uint64_t entered = 0;
  std::uint64_t size = 0;
  double density() const {
    return static_cast<double>(entered) / static_cast<double>(std::max<std::uint64_t>(size, 1));
  }
};

std::vector<Node> known_functions(llvm::Module& module, const Profile& profile) {
  std::vector<Node> nodes;
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    auto known = profile.find(function.getName().str());
    if (known == profile.end() || known->second == 0) continue;
    nodes.push_back({&function, known->second, function.getInstructionCount() * BytesPerInstruction, nodes.size()});
  }
  return nodes;
}

/// For each node the one that calls it most; itself if nobody does.
std::vector<std::size_t> main_callers(const std::vector<Node>& nodes) {
  std::map<const llvm::Function*, std::size_t> number;
  for (std::size_t i = 0; i < nodes.size(); ++i) number[nodes[i].function] = i;
  std::vector<std::size_t> callers(nodes.size());
  std::iota(callers.begin(), callers.end(), 0);
  std::vector<std::uint64_t> weights(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const llvm::Instruction& instruction : llvm::instructions(*nodes[i].function)) {
      const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      auto callee = call ? number.find(call->getCalledFunction()) : number.end();
      if (callee == number.end() || callee->second == i) continue;
      const std::uint64_t weight = std::min(nodes[i].entered, nodes[callee->second].entered);
      if (weight <= weights[callee->second]) continue;
      weights[callee->second] = weight;
      callers[callee->second] = i;
    }
  return callers;
}

std::vector<Cluster> clusters_of(std::vector<Node>& nodes) {
  const std::vector<std::size_t> callers = main_callers(nodes);
  std::vector<Cluster> clusters;
  for (std::size_t i = 0; i < nodes.size(); ++i) clusters.push_back({{i}, nodes[i].entered, nodes[i].size});
  std::vector<std::size_t> hottest(nodes.size());
  std::iota(hottest.begin(), hottest.end(), 0);
  std::ranges::sort(hottest, [&](std::size_t a, std::size_t b) {
    return nodes[a].entered != nodes[b].entered ? nodes[a].entered > nodes[b].entered : a < b;
  });
  for (std::size_t i : hottest) {
    Cluster& from = clusters[nodes[i].cluster];
    Cluster& to = clusters[nodes[callers[i]].cluster];
    if (&from == &to || from.size + to.size > ClusterLimit) continue;
    for (std::size_t moved : from.nodes) nodes[moved].cluster = nodes[callers[i]].cluster;
    to.nodes.insert(to.nodes.end(), from.nodes.begin(), from.nodes.end());
    to.entered += from.entered;
    to.size += from.size;
    from = {};
  }
  std::erase_if(clusters, [](const Cluster& cluster) { return cluster.nodes.empty(); });
  std::ranges::sort(clusters, [](const Cluster& a, const Cluster& b) {
    return a.density() != b.density() ? a.density() > b.density() : a.nodes.front() < b.nodes.front();
  });
  return clusters;
}

/// The variables among what constants mention, in order, each once.
class Mentions {
 public:
  void add(const llvm::Value* value) {
    std::vector<const llvm::Value*> open{value};
    while (!open.empty()) {
      const llvm::Value* next = open.back();
      open.pop_back();
      if (!llvm::isa<llvm::Constant>(next) || !seen_.insert(next).second) continue;
      if (const auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(next)) {
        variables_.push_back(const_cast<llvm::GlobalVariable*>(variable));
        if (variable->hasInitializer()) open.push_back(variable->getInitializer());
      } else if (!llvm::isa<llvm::GlobalValue>(next)) {
        const auto* constant = llvm::cast<llvm::Constant>(next);
        for (unsigned i = constant->getNumOperands(); i > 0; --i) open.push_back(constant->getOperand(i - 1));
      }
    }
  }
  const std::vector<llvm::GlobalVariable*>& variables() const { return variables_; }

 private:
  std::set<const llvm::Value*> seen_;
  std::vector<llvm::GlobalVariable*> variables_;
};

}  // namespace

Result<Profile> read_profile(const std::string& path) {
  auto cannot = [&](llvm::Error error) {
    return Error(ErrorKind::File, "the profile '" + path + "' cannot be read: " + llvm::toString(std::move(error)) +
                                      "; make one with llvm-profdata-22");
  };
  llvm::Expected<std::unique_ptr<llvm::InstrProfReader>> reader =
      llvm::InstrProfReader::create(path, *llvm::vfs::getRealFileSystem());
  if (!reader) return cannot(reader.takeError());
  Profile profile;
  for (const llvm::NamedInstrProfRecord& record : **reader)
    if (!record.Counts.empty()) profile[record.Name.str()] = record.Counts.front();
  if ((*reader)->hasError()) return cannot((*reader)->getError());
  return profile;
}

void apply_profile(llvm::Module& module, const Profile& profile) {
  for (llvm::Function& function : module) {
    auto known = profile.find(function.getName().str());
    if (function.isDeclaration() || known == profile.end()) continue;
    function.setEntryCount(known->second);
    if (known->second == 0 && !function.hasFnAttribute(llvm::Attribute::Hot)) function.addFnAttr(llvm::Attribute::Cold);
  }
}

void order_functions(llvm::Module& module, const Profile& profile) {
  std::vector<Node> nodes = known_functions(module, profile);
  const std::vector<Cluster> clusters = clusters_of(nodes);
  llvm::Module::FunctionListType& list = module.getFunctionList();
  auto place = list.begin();
  for (const Cluster& cluster : clusters)
    for (std::size_t i : cluster.nodes) {
      llvm::Function* function = nodes[i].function;
      if (place == function->getIterator()) {
        ++place;
        continue;
      }
      list.splice(place, list, function->getIterator());
    }
}

void order_data(llvm::Module& module) {
  Mentions mentions;
  for (const llvm::Function& function : module)
    for (const llvm::Instruction& instruction : llvm::instructions(function))
      for (const llvm::Value* operand : instruction.operand_values()) mentions.add(operand);
  for (llvm::GlobalVariable* variable : mentions.variables()) {
    module.removeGlobalVariable(variable);
    module.insertGlobalVariable(variable);
  }
  // Constants whose address does not matter would go to sections that the linker sorts by content.
  for (llvm::GlobalVariable& variable : module.globals())
    if (variable.hasInitializer() && variable.isConstant() && !variable.getName().starts_with("llvm."))
      variable.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
}

}  // namespace inlay::aot
