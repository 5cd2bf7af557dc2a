// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sweeps.h"

#include <algorithm>
#include <cstdio>

#include "by_hand.h"
#include "inputs.h"
#include "queries.h"
#include "turns.h"

namespace bench {
namespace {

using inlay::filter::Engine;
using inlay::filter::Filter;
using inlay::filter::FilterOptions;

FilterOptions with(Engine engine) {
  FilterOptions options;
  options.engine = engine;
  return options;
}

Rival counting(Input& input, std::int64_t rows, const std::string& text, Engine engine) {
  Filter filter = must(Filter::compile(input.schema(), text, with(engine)));
  return {.name = text.substr(0, 60),
          .run = [=, &input]() mutable { return static_cast<double>(must(filter.count(input.batch(0, rows)))); }};
}

double rate(std::int64_t rows, const Rival& rival) { return static_cast<double>(rows) / median(rival.ms) / 1e3; }

std::int64_t at_most(const Output& output, std::int64_t rows, std::int64_t full) {
  return std::min(rows, output.quick() ? full / 20 : full);
}

}  // namespace

void sweep_selectivity(Output& output, const std::vector<User>& users, const Columns& columns) {
  const std::int64_t rows = at_most(output, static_cast<std::int64_t>(users.size()), 2'000'000);
  RowsInput of_rows(users);
  ArrowInput of_columns(columns);
  const auto measure = [&](const std::string& layout, Input& input, auto&& by_hand) {
    output.table("Selectivity: balance < x, " + layout + "; million rows/s", {{"per cent that pass", 0},
                                                                              {"by hand, clang", 1},
                                                                              {"interpreted", 1},
                                                                              {"quick", 1},
                                                                              {"optimized", 1},
                                                                              {"selected", 1},
                                                                              {"and email like '%son9%'", 1}});
    for (const double percent : {0.01, 0.1, 1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 99.0}) {
      const double limit = percent * 100;
      char number[32];
      std::snprintf(number, sizeof number, "%g", limit);
      const std::string text = "balance < " + std::string(number) + ".0";
      Filter filter = must(Filter::compile(input.schema(), text, with(Engine::Optimized)));
      std::vector<Rival> rivals;
      rivals.push_back({.name = "by hand", .run = [&] { return static_cast<double>(by_hand(rows, limit)); }});
      for (const Engine engine : {Engine::Interpreted, Engine::Quick, Engine::Optimized})
        rivals.push_back(counting(input, rows, text, engine));
      rivals.push_back({.name = "selected",
                        .run = [&] { return static_cast<double>(must(filter.select(input.batch(0, rows))).size()); }});
      take_turns(output, text, rivals, output.runs(15, 2));
      std::vector<Rival> and_text{counting(input, rows, text + " and email like '%son9%'", Engine::Optimized)};
      take_turns(output, text, and_text, output.runs(15, 2));
      std::snprintf(number, sizeof number, "%g", percent);
      std::vector<Cell> cells{std::string(number)};
      for (const Rival& rival : rivals) cells.emplace_back(rate(rows, rival));
      cells.emplace_back(rate(rows, and_text[0]));
      output.row(std::move(cells));
    }
  };
  measure("rows", of_rows,
          [&](std::int64_t count, double limit) { return by_hand_clang.rows.less(users.data(), count, limit); });
  measure("columns", of_columns,
          [&](std::int64_t count, double limit) { return by_hand_clang.columns.less(&columns, count, limit); });
}

void sweep_nulls(Output& output, const Columns& columns) {
  const std::int64_t rows = at_most(output, static_cast<std::int64_t>(columns.age.size()), 2'000'000);
  output.table("Nulls in columns: million rows/s, interpreted and optimized", {{"per cent NULL", 0},
                                                                               {"Q1, int.", 1},
                                                                               {"Q1, opt.", 1},
                                                                               {"Q2, int.", 1},
                                                                               {"Q2, opt.", 1},
                                                                               {"Q4, int.", 1},
                                                                               {"Q4, opt.", 1}});
  for (const unsigned percent : {0u, 1u, 10u, 25u, 50u}) {
    ArrowInput input(columns, percent);
    std::vector<Cell> cells{std::to_string(percent)};
    for (const std::string& text : {query_1(), query_2(), query_4()}) {
      std::vector<Rival> rivals{counting(input, rows, text, Engine::Interpreted),
                                counting(input, rows, text, Engine::Optimized)};
      take_turns(output, "nulls", rivals, output.runs(9, 2));
      for (const Rival& rival : rivals) cells.emplace_back(rate(rows, rival));
    }
    output.row(std::move(cells));
  }
}

void sweep_terms(Output& output, const std::vector<User>& users) {
  const std::int64_t rows = at_most(output, static_cast<std::int64_t>(users.size()), 200'000);
  RowsInput input(users);
  output.table("Terms of an OR, rows: million rows/s; and CPU milliseconds from text to the first row",
               {{"terms", 0},
                {"interpreted", 2},
                {"quick", 2},
                {"optimized", 2},
                {"ms to interpreted", 2},
                {"ms to quick", 2},
                {"ms to optimized", 2}});
  for (const int terms : {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}) {
    std::string text;
    for (int i = 0; i < terms; ++i) {
      if (i != 0) text += " or ";
      const std::string digits = std::to_string(100 + i % 900);
      if (i % 3 == 0) text += "phone like '" + digits + "-9%'";
      if (i % 3 == 1)
        text += "(email like '%" + digits.substr(1) + "@m3%' and age = " + std::to_string(18 + i % 80) + ")";
      if (i % 3 == 2) text += "balance between " + std::to_string(i) + " and " + std::to_string(i) + ".5";
    }
    std::vector<Rival> rivals, makers;
    for (const Engine engine : {Engine::Interpreted, Engine::Quick, Engine::Optimized}) {
      rivals.push_back(counting(input, rows, text, engine));
      makers.push_back({.name = "made", .run = [&, engine] {
                          Filter filter = must(Filter::compile(input.schema(), text, with(engine)));
                          return static_cast<double>(must(filter.count(input.batch(0, 1))));
                        }});
    }
    take_turns(output, "terms", rivals, output.runs(terms > 100 ? 3 : 9, 1));
    take_turns(output, "terms", makers, output.runs(terms > 100 ? 3 : 9, 1));
    std::vector<Cell> cells{std::to_string(terms)};
    for (const Rival& rival : rivals) cells.emplace_back(rate(rows, rival));
    for (const Rival& rival : makers) cells.emplace_back(median(rival.ms));
    output.row(std::move(cells));
  }
}

void sweep_rows(Output& output, const std::vector<User>& users, const Columns& columns) {
  RowsInput of_rows(users);
  ArrowInput of_columns(columns);
  const auto all = static_cast<std::int64_t>(users.size());
  output.table("Row counts: wall milliseconds of a new filter; how the tiers fare beside the interpreter alone",
               {{"query, rows", 0}, {"interpreted", 3}, {"tiers", 3}, {"tiers / interpreted", 3}});
  double worst = 0;
  for (const bool rows : {true, false}) {
    Input& input = rows ? static_cast<Input&>(of_rows) : of_columns;
    int number = 0;
    for (const std::string& text : {query_1(), query_2(), query_4()}) {
      const std::string name = (number == 2 ? "Q4" : "Q" + std::to_string(number + 1)) + (rows ? " rows" : " columns");
      ++number;
      for (const std::int64_t count : {100, 300, 1000, 3000, 10'000, 30'000, 100'000, 300'000, 1'000'000, 5'000'000}) {
        if (count > all) continue;
        std::vector<Rival> rivals;
        std::vector<Filter> filters;
        for (const Engine engine : {Engine::Interpreted, Engine::Tiered})
          rivals.push_back({.name = "", .run = [&, engine] {
                              Filter& filter =
                                  filters.emplace_back(must(Filter::compile(input.schema(), text, with(engine))));
                              return static_cast<double>(must(filter.count(input.batch(0, count))));
                            }});
        // Turn by turn, so that what one still compiles in the background does not fall on another.
        const int rounds = output.runs(count <= 30'000 ? 61 : count <= 300'000 ? 21 : 5, 2);
        for (Rival& rival : rivals) rival.ms.clear();
        double answers[2] = {};
        for (int round = 0; round < rounds; ++round)
          for (std::size_t i = 0; i < 2; ++i) {
            const double before = wall_us();
            answers[i] = rivals[i].run();
            rivals[i].ms.push_back((wall_us() - before) / 1e3);
            filters.back().settle();
            filters.clear();
          }
        if (answers[0] != answers[1]) output.fail(name + ": other rows pass");
        // Waiting for a processor only ever adds: quartiles.
        const double interpreted = lower_quartile(rivals[0].ms), tiers = lower_quartile(rivals[1].ms);
        worst = std::max(worst, tiers / interpreted);
        output.row({name + ", " + std::to_string(count), interpreted, tiers, tiers / interpreted});
      }
    }
  }
  char text[64];
  std::snprintf(text, sizeof text, "The worst is %.3f.", worst);
  output.note(text);
}

}  // namespace bench
