// explain=pipelines: the stages of a program, one a line.

#include "compiler/codegen/program.h"

namespace sp::codegen {
namespace {

struct Printer {
  const Program& program;
  std::string rows(uint32_t row_set) const { return "rows" + std::to_string(row_set); }
  std::string function(uint32_t index) const {
    return index == kNone ? "-" : program.functions[index];
  }

  std::string operator()(const PipelineStage& s) const {
    std::string out = "pipeline " + s.text;
    if (s.source == PipelineStage::Source::kRows) out += " " + rows(s.row_set);
    if (s.source == PipelineStage::Source::kScan) {
      const ScanSpec& scan = program.scans[s.scan];
      const auto name = [&](uint32_t column) { return scan.node->table->columns[column].name; };
      if (!scan.filters.empty()) {
        out += " blocks filtered by";
        for (const auto& filter : scan.filters) out += " " + name(filter.column);
      }
      for (const auto& table : scan.tables) {
        using What = ScanSpec::DictionaryTable::What;
        const char* const what = table.what == What::kNumbers ? "numbers"
                                 : table.what == What::kRanks ? "ranks"
                                                              : "hashes";
        out += " dictionary(" + name(table.column) + ": " +
               (table.what == What::kExpression ? function(table.function) : what) + ")";
      }
    }
    return out + (s.serial ? " serial" : "") + " by " + function(s.function);
  }
  std::string operator()(const ConstantsStage& s) const {
    return "constants by " + function(s.function);
  }
  std::string operator()(const GatherStage& s) const {
    return "gather buffers into " + rows(s.row_set);
  }
  std::string operator()(const SortStage& s) const {
    return "sort " + rows(s.row_set) + " by " + function(s.compare);
  }
  std::string operator()(const TopNStage& s) const { return "top n into " + rows(s.row_set); }
  std::string operator()(const AggregateStage& s) const {
    return (s.object == kNone ? "merge groups into " : "merge keys into ") + rows(s.row_set);
  }
  std::string operator()(const KeylessStage& s) const {
    return "merge states into " + rows(s.row_set);
  }
  std::string operator()(const JoinStage& s) const {
    return "link join table object" + std::to_string(s.object);
  }
  std::string operator()(const UnmatchedStage& s) const {
    return "unmatched rows into " + rows(s.row_set);
  }
  std::string operator()(const LimitStage& s) const { return "limit " + rows(s.row_set); }
  std::string operator()(const WindowStage& s) const {
    return "window over " + rows(s.row_set) + " by " + function(s.function);
  }
  std::string operator()(const ScalarStage& s) const { return "scalar from " + rows(s.row_set); }
  std::string operator()(const KeyRangeStage& s) const {
    std::string out = "by ranges of the leading key:\n    " + (*this)(s.scan);
    if (s.aggregate.local != kNone) out += "\n    " + (*this)(s.aggregate);
    if (s.gather.local != kNone) out += "\n    " + (*this)(s.gather);
    if (s.sort.compare != kNone) out += "\n    " + (*this)(s.sort);
    if (s.window.function != kNone) out += "\n    " + (*this)(s.window);
    return out + "\n    " + (*this)(s.emit);
  }
  std::string operator()(const RecursionStage& s) const {
    return "recursion of " + std::to_string(s.body) + " stages: " + rows(s.working) + " into " +
           rows(s.result);
  }
  std::string operator()(const FillStage& s) const { return "fill gaps of " + rows(s.row_set); }
};

}  // namespace

std::string print(const Program& program, const Stage& stage) {
  return std::visit(Printer{program}, stage);
}

std::string print(const Program& program) {
  std::string out;
  for (const Stage& stage : program.stages) out += print(program, stage) + "\n";
  return out;
}

}  // namespace sp::codegen
