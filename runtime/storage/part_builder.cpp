// Part building, column by column: one column's values are in flight at a time.

#include "runtime/storage/part_builder.h"

#include <algorithm>

#include "runtime/storage/block_builder.h"
#include "runtime/storage/encode_column.h"
#include "runtime/storage/merge_order.h"
#include "runtime/storage/merge_rules.h"
#include "runtime/storage/part_file.h"
#include "runtime/storage/sort_blocks.h"

namespace sp {

namespace {

EncodeOptions options_for(const TableSchema& schema, size_t column, uint32_t segment_rows,
                          bool file) {
  EncodeOptions options;
  options.segment_rows = segment_rows;
  options.leading_key = !schema.sorting_key.empty() && schema.sorting_key.front() == column;
  options.file = file;
  return options;
}

PartDirectory directory_of(const MergeInput& input, uint64_t rows) {
  PartDirectory directory;
  directory.columns = input.schema->columns;
  directory.rows = rows;
  directory.segment_rows = input.segment_rows;
  directory.partition = input.partition;
  directory.first_commit = input.first_commit;
  directory.last_commit = input.last_commit;
  return directory;
}

PartDirectory directory_of(const BlockRun& run) {
  PartDirectory directory;
  directory.columns = run.blocks.front()->schema->columns;
  directory.rows = run.rows;
  directory.segment_rows = run.segment_rows;
  directory.partition = run.partition;
  directory.first_commit = run.first_commit;
  directory.last_commit = run.last_commit;
  return directory;
}

Result<EncodedColumn> encode_run(const BlockRun& run, uint32_t column, bool file, ByteSink& sink) {
  const TableSchema& schema = *run.blocks.front()->schema;
  const auto source = block_source(run.blocks, column, run.places);
  return encode_column(*source, column_shape(schema.columns[column].type), run.rows,
                       options_for(schema, column, run.segment_rows, file), sink);
}

// Rows to be stored: those that stay of an order, or new ones in a block.
struct Merged {
  std::vector<uint16_t> order;
  uint64_t rows = 0;
  std::vector<RowBlockPointer> combined;  // one block, or none
  std::vector<RowPlace> places;           // its rows in order
};

Result<void> prepare(const MergeInput& input, uint32_t column) {
  for (const auto& part : input.parts) SP_TRY_VOID(part->prepare(column));
  return {};
}

// Orders the rows and applies the engine's rule.
Result<Merged> merge_rows(const MergeInput& input) {
  const TableSchema& schema = *input.schema;
  for (const uint32_t column : schema.sorting_key) SP_TRY_VOID(prepare(input, column));
  Merged merged;
  const bool drops = drops_rows(schema), combines = combines_rows(schema);
  if (input.rule == MergeInput::Rule::kKeep || (!drops && !combines)) {
    merged.order = merge_order(input.parts, schema);
    merged.rows = merged.order.size();
    return merged;
  }
  MergedRows rows{input.parts, schema, {}, {}};
  rows.order = merge_order(input.parts, schema, &rows.new_key);
  if (drops) {
    for (const int32_t column :
         {schema.version_column, schema.deleted_column, schema.sign_column}) {
      if (column >= 0) SP_TRY_VOID(prepare(input, static_cast<uint32_t>(column)));
    }
    merged.rows = drop_rows(rows, input.rule == MergeInput::Rule::kFinal);
    merged.order = std::move(rows.order);
    return merged;
  }
  for (uint32_t column = 0; column < schema.columns.size(); ++column)
    SP_TRY_VOID(prepare(input, column));
  SP_TRY(RowBlockPointer block, combine_rows(rows, input.schema));
  merged.rows = block->rows;
  for (uint32_t row = 0; row < block->rows; ++row) merged.places.push_back({0, row});
  merged.combined.push_back(std::move(block));
  return merged;
}

Result<EncodedColumn> encode_merged(const MergeInput& input, uint32_t column, const Merged& merged,
                                    bool file, ByteSink& sink) {
  const ColumnShape shape = column_shape(input.schema->columns[column].type);
  std::unique_ptr<ColumnSource> source;
  if (merged.combined.empty()) {
    SP_TRY_VOID(prepare(input, column));
    source = merge_source(input.parts, column, shape, merged.order);
  } else {
    source = block_source(merged.combined, column, merged.places.data());
  }
  return encode_column(*source, shape, merged.rows,
                       options_for(*input.schema, column, input.segment_rows, file), sink);
}

Result<std::vector<std::shared_ptr<PartImage>>> encode_blocks_once(
    const std::vector<RowBlockPointer>& blocks, uint32_t segment_rows) {
  const BlockOrder order = sort_blocks(blocks);
  std::vector<std::shared_ptr<PartImage>> images;
  for (const BlockOrder::Run& run : order.runs) {
    const BlockRun rows{blocks,
                        order.places.data() + run.begin,
                        run.end - run.begin,
                        segment_rows,
                        run.partition,
                        0,
                        0};
    PartDirectory directory = directory_of(rows);
    std::vector<std::vector<uint8_t>> chunks;
    for (uint32_t column = 0; column < directory.columns.size(); ++column) {
      MemorySink sink;
      SP_TRY(EncodedColumn encoded, encode_run(rows, column, false, sink));
      directory.encoded.push_back(std::move(encoded));
      chunks.push_back(sink.take());
    }
    images.push_back(std::make_shared<PartImage>(std::move(directory), std::move(chunks)));
  }
  return images;
}

Result<std::shared_ptr<PartImage>> write_blocks_once(const BlockRun& run, Vfs& vfs,
                                                     const std::string& directory_path,
                                                     const std::string& name) {
  PartDirectory directory = directory_of(run);
  SP_TRY(const std::unique_ptr<PartFileWriter> writer,
         PartFileWriter::create(vfs, directory_path, name));
  for (uint32_t column = 0; column < directory.columns.size(); ++column) {
    writer->begin_chunk();
    SP_TRY(EncodedColumn encoded, encode_run(run, column, true, writer->sink()));
    writer->end_chunk(encoded);
    directory.encoded.push_back(std::move(encoded));
  }
  SP_TRY_VOID(writer->finish(directory));
  return open_part_file(vfs, directory_path + "/" + name);
}

// Strings of one segment must stay below 4 GiB: tries with fewer rows a segment when they do not.
template <class Build>
auto with_segments_that_fit(uint32_t segment_rows, Build&& build) {
  for (;;) {
    auto built = build(segment_rows);
    if (built.ok() || segment_rows == 1 || built.error().code != ErrorCode::kTooLargeStringSize)
      return built;
    segment_rows = std::max(1U, segment_rows / 8);
  }
}

}  // namespace

Result<std::vector<std::shared_ptr<PartImage>>> encode_blocks(
    const std::vector<RowBlockPointer>& blocks, uint32_t segment_rows) {
  return with_segments_that_fit(segment_rows,
                                [&](uint32_t rows) { return encode_blocks_once(blocks, rows); });
}

Result<std::shared_ptr<PartImage>> write_blocks(const BlockRun& run, Vfs& vfs,
                                                const std::string& directory_path,
                                                const std::string& name) {
  return with_segments_that_fit(run.segment_rows, [&](uint32_t rows) {
    BlockRun smaller = run;
    smaller.segment_rows = rows;
    return write_blocks_once(smaller, vfs, directory_path, name);
  });
}
Result<std::vector<std::shared_ptr<PartImage>>> encode_batch(const RowBatch& batch,
                                                             uint32_t segment_rows) {
  SP_TRY(RowBlockPointer block, block_of(batch));
  return encode_blocks({std::move(block)}, segment_rows);
}

Result<std::shared_ptr<PartImage>> merge_to_memory(const MergeInput& input) {
  SP_TRY(const Merged merged, merge_rows(input));
  if (merged.rows == 0) return std::shared_ptr<PartImage>();
  PartDirectory directory = directory_of(input, merged.rows);
  std::vector<std::vector<uint8_t>> chunks;
  for (uint32_t column = 0; column < input.schema->columns.size(); ++column) {
    MemorySink sink;
    SP_TRY(EncodedColumn encoded, encode_merged(input, column, merged, false, sink));
    directory.encoded.push_back(std::move(encoded));
    chunks.push_back(sink.take());
  }
  return std::make_shared<PartImage>(std::move(directory), std::move(chunks));
}

Result<std::shared_ptr<PartImage>> merge_to_file(const MergeInput& input, Vfs& vfs,
                                                 const std::string& directory_path,
                                                 const std::string& name) {
  SP_TRY(const Merged merged, merge_rows(input));
  if (merged.rows == 0) return std::shared_ptr<PartImage>();
  PartDirectory directory = directory_of(input, merged.rows);
  SP_TRY(const std::unique_ptr<PartFileWriter> writer,
         PartFileWriter::create(vfs, directory_path, name));
  for (uint32_t column = 0; column < input.schema->columns.size(); ++column) {
    writer->begin_chunk();
    SP_TRY(EncodedColumn encoded, encode_merged(input, column, merged, true, writer->sink()));
    writer->end_chunk(encoded);
    directory.encoded.push_back(std::move(encoded));
  }
  SP_TRY_VOID(writer->finish(directory));
  return open_part_file(vfs, directory_path + "/" + name);
}

}  // namespace sp
