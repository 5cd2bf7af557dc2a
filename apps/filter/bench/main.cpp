// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// bench_filter FILE [--quick] [--json] [--rows N] [--only TABLE…]: the queries on C++ rows and Arrow columns, beside
// the same by hand and as closures; what compiling takes; sweeps. FILE is what bench_filter_generate writes. Tables:
// rows columns compile selectivity nulls terms counts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include "by_hand.h"
#include "engine/evaluate.h"
#include "inlay/filter/aggregate.h"
#include "inputs.h"
#include "queries.h"
#include "sweeps.h"
#include "turns.h"

namespace bench {
namespace {

using inlay::filter::Engine;
using inlay::filter::Filter;
using inlay::filter::FilterOptions;
using inlay::filter::Runner;

FilterOptions with(Engine engine) {
  FilterOptions options;
  options.engine = engine;
  return options;
}

Rival counting(Input& input, std::int64_t rows, const std::string& text, Engine engine, std::string name) {
  Filter filter = must(Filter::compile(input.schema(), text, with(engine)));
  return {.name = std::move(name),
          .run = [=, &input]() mutable { return static_cast<double>(must(filter.count(input.batch(0, rows)))); }};
}

Rival selecting(Input& input, std::int64_t rows, const std::string& text, std::string name) {
  Filter filter = must(Filter::compile(input.schema(), text, with(Engine::Optimized)));
  return {.name = std::move(name), .run = [=, &input]() mutable {
            return static_cast<double>(must(filter.select(input.batch(0, rows))).size());
          }};
}

/// Query 3 as the command does it: the rows selected, their values, the exact sum; batch by batch.
Rival summing(Input& input, std::int64_t rows, Engine engine, std::string name) {
  namespace f = inlay::filter;
  auto condition = must(f::compile(input.schema(), query_3(), Runner::Kind::Filter, with(engine)));
  auto value = must(f::compile(input.schema(), query_3_value(), Runner::Kind::Projection, with(engine)));
  return {.name = std::move(name), .run = [=, &input] {
            constexpr std::int64_t AtOnce = 16384;
            const f::Aggregation aggregation{.keys = {}, .aggregates = {{f::AggregateKind::Sum, f::Type::Real, "sum"}}};
            f::Groups groups(aggregation);
            f::Evaluator evaluator;
            std::vector<f::Values> values(1);
            for (std::int64_t first = 0; first < rows; first += AtOnce) {
              const f::Batch batch = input.batch(first, std::min(AtOnce, rows - first));
              evaluator.select(condition, batch);
              evaluator.evaluate(value, batch, values[0]);
              groups.add({}, values, evaluator.selection().size());
            }
            return f::result_of(aggregation.aggregates[0], groups.states(0)[0]).value.real;
          }};
}

template <class Of>
std::vector<const Queries<Of>*> by_hand();
template <>
std::vector<const Queries<User>*> by_hand() {
#ifdef BENCH_WITH_GCC
  return {&by_hand_gcc.rows, &by_hand_clang.rows};
#else
  return {&by_hand_clang.rows};
#endif
}
template <>
std::vector<const Queries<Columns>*> by_hand() {
#ifdef BENCH_WITH_GCC
  return {&by_hand_gcc.columns, &by_hand_clang.columns};
#else
  return {&by_hand_clang.columns};
#endif
}

template <class Of, class Function>
void add_by_hand(std::vector<Rival>& rivals, const Of* of, std::int64_t rows, Function Queries<Of>::* query,
                 const std::string& how) {
  std::size_t left = by_hand<Of>().size();
  for (const Queries<Of>* each : by_hand<Of>())
    rivals.push_back({.name = "by hand, " + std::string(left-- == 2 ? "g++" : "clang") + how,
                      .run = [=] { return static_cast<double>((each->*query)(of, rows)); }});
}

/// The queries on one layout. The first two rivals are by hand, as written.
template <class Of>
void measure_queries(Output& output, const std::string& layout, const Of* of, std::int64_t rows, Input& input) {
  const int rounds = output.runs(15, 2);
  const std::string texts[] = {query_1(), query_2(), query_3(), query_4()};
  for (int query = 1; query <= 4; ++query) {
    std::vector<Rival> rivals;
    if (query == 1) add_by_hand(rivals, of, rows, &Queries<Of>::q1, "");
    if (query == 2) add_by_hand(rivals, of, rows, &Queries<Of>::q2, "");
    if (query == 3) add_by_hand(rivals, of, rows, &Queries<Of>::q3, "");
    if (query == 4) add_by_hand(rivals, of, rows, &Queries<Of>::q4, "");
    const std::size_t compilers = rivals.size();
    if (query == 2) add_by_hand(rivals, of, rows, &Queries<Of>::q2_reordered, ", reordered");
    if constexpr (std::is_same_v<Of, User>) {
      rivals.push_back({.name = "closures", .run = [=] {
                          if (query == 3) return closures.q3(of, rows);
                          const auto count = query == 1 ? closures.q1 : query == 2 ? closures.q2 : closures.q4;
                          return static_cast<double>(count(of, rows));
                        }});
    }
    const std::string& text = texts[query - 1];
    for (const auto& [engine, name] :
         {std::pair(Engine::Interpreted, "inlay, interpreted"), std::pair(Engine::Quick, "inlay, quick"),
          std::pair(Engine::Optimized, "inlay, optimized")})
      rivals.push_back(query == 3 ? summing(input, rows, engine, name) : counting(input, rows, text, engine, name));
    if (query != 3) rivals.push_back(selecting(input, rows, text, "inlay, optimized, selected"));
    const std::string title = "Q" + std::to_string(query) + ", " + layout;
    take_turns(output, title, rivals, rounds);
    output.table(title + ", " + std::to_string(rows) + " rows",
                 {{"rival", 0}, {"ms", 1}, {"million rows/s", 1}, {"of by hand, g++", 2}, {"of by hand, clang", 2}});
    for (const Rival& rival : rivals)
      output.row({rival.name, median(rival.ms), static_cast<double>(rows) / median(rival.ms) / 1e3,
                  times_as_fast(rival, rivals[0]), times_as_fast(rival, rivals[compilers - 1])});
  }
}

/// From text to the first row: what compiling takes beyond what the interpreter needs, too.
void measure_compiling(Output& output, Input& rows, Input& columns) {
  output.table("Compiling: CPU milliseconds from text to the first row",
               {{"query", 0}, {"interpreted", 2}, {"quick", 2}, {"optimized", 2}});
  for (Input* input : {&rows, &columns}) {
    int number = 0;
    for (const std::string& text : {query_1(), query_2(), query_3(), query_4()}) {
      std::vector<Rival> rivals;
      for (const Engine engine : {Engine::Interpreted, Engine::Quick, Engine::Optimized})
        rivals.push_back({.name = "", .run = [=] {
                            Filter filter = must(Filter::compile(input->schema(), text, with(engine)));
                            return static_cast<double>(must(filter.count(input->batch(0, 1))));
                          }});
      take_turns(output, "compiling", rivals, output.runs(31, 3));
      output.row({"Q" + std::to_string(++number) + (input == &rows ? ", rows" : ", columns"), median(rivals[0].ms),
                  median(rivals[1].ms), median(rivals[2].ms)});
    }
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  std::string file;
  std::vector<std::string> only;
  std::vector<char*> rest{argv[0]};
  std::int64_t most = 5'000'000;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rows") == 0 && i + 1 < argc)
      most = std::atoll(argv[++i]);
    else if (std::strcmp(argv[i], "--only") == 0)
      while (i + 1 < argc && argv[i + 1][0] != '-') only.emplace_back(argv[++i]);
    else if (argv[i][0] == '-')
      rest.push_back(argv[i]);
    else
      file = argv[i];
  }
  bench::Output output("filter", static_cast<int>(rest.size()), rest.data());
  const std::vector<bench::User> users = bench::read_users(file, most);
  const bench::Columns columns = bench::columns_of(users);
  const auto rows = static_cast<std::int64_t>(users.size());
  bench::RowsInput rows_input(users);
  bench::ArrowInput columns_input(columns);
  const auto wanted = [&](const char* table) {
    return only.empty() || std::find(only.begin(), only.end(), table) != only.end();
  };
  if (wanted("rows")) bench::measure_queries(output, "rows", users.data(), rows, rows_input);
  if (wanted("columns")) bench::measure_queries(output, "columns", &columns, rows, columns_input);
  if (wanted("compile")) bench::measure_compiling(output, rows_input, columns_input);
  if (wanted("selectivity")) bench::sweep_selectivity(output, users, columns);
  if (wanted("nulls")) bench::sweep_nulls(output, columns);
  if (wanted("terms")) bench::sweep_terms(output, users);
  if (wanted("counts")) bench::sweep_rows(output, users, columns);
  return output.finish();
}
