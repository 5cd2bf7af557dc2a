// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/checks.h"

#include <algorithm>

namespace inlay::m6502 {

namespace {

std::vector<NodeId> successors(const Region& region, const RegionNode& node) {
  std::vector<NodeId> all;
  const auto add = [&](NodeId id) {
    if (id != NoNode) all.push_back(id);
  };
  if (node.flow == Flow::Return)
    for (const RegionPlace& place : region.contexts[node.context].returns) add(place.node);
  add(node.next);
  add(node.taken);
  return all;
}

/// Calls back for each edge that leads to a node on the way from the start of a search to where it is, which makes a
/// loop; answers all nodes, each behind those that it leads to other than by such edges.
template <class Back>
std::vector<NodeId> search(const Region& region, Back back) {
  enum : std::uint8_t { New, OnTheWay, Done };
  struct Step {
    NodeId node;
    std::vector<NodeId> next;
  };
  std::vector<std::uint8_t> state(region.nodes.size(), New);
  std::vector<NodeId> order;
  std::vector<Step> way;
  for (NodeId root = 0; root < region.nodes.size(); ++root) {
    if (state[root] != New) continue;
    state[root] = OnTheWay;
    way.push_back({root, successors(region, region.nodes[root])});
    while (!way.empty()) {
      if (way.back().next.empty()) {
        state[way.back().node] = Done;
        order.push_back(way.back().node);
        way.pop_back();
        continue;
      }
      const NodeId to = way.back().next.back();
      way.back().next.pop_back();
      if (state[to] == OnTheWay) {
        back(to);
      } else if (state[to] == New) {
        state[to] = OnTheWay;
        way.push_back({to, successors(region, region.nodes[to])});
      }
    }
  }
  return order;
}

}  // namespace

void mark_loops(Region& region) {
  search(region, [&](NodeId head) { region.nodes[head].check = true; });
}

void place_checks(Region& region, int between) {
  const std::vector<NodeId> order = search(region, [](NodeId) {});
  std::vector<int> since(region.nodes.size(), 0);  // cycles since the last check, at most
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    RegionNode& node = region.nodes[*at];
    if (since[*at] + node.cycles > between) node.check = true;
    const int behind = (node.check ? 0 : since[*at]) + node.cycles;
    for (const NodeId next : successors(region, node)) since[next] = std::max(since[next], behind);
  }
  std::vector<int> needed(region.nodes.size(), 0);  // up to the next check
  for (const NodeId id : order) {
    RegionNode& node = region.nodes[id];
    int longest = 0;
    for (const NodeId next : successors(region, node))
      if (!region.nodes[next].check) longest = std::max(longest, needed[next]);
    needed[id] = longest + node.cycles;
    if (node.check) node.bound = needed[id];
  }
  for (const RegionPlace& place : region.entries) region.entry_bound = std::max(region.entry_bound, needed[place.node]);
}

}  // namespace inlay::m6502
