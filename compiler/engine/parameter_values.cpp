// Parameter rows. See parameter_values.h.

#include "compiler/engine/parameter_values.h"

#include <cstring>

#include "compiler/bind/literal.h"
#include "runtime/text/parse_value.h"

namespace sp {

Result<void> fill_parameters(const plan::Plan& plan, const std::vector<HoleValue>& holes,
                             const std::vector<const sql::Expr*>& literals, Execution& execution) {
  for (const plan::Parameter& parameter : plan.parameters) {
    uint8_t* const slot = execution.params() + parameter.offset;
    const SlotLayout layout = slot_layout(parameter.type);
    switch (parameter.source) {
      case plan::Parameter::Source::kConstant:
        std::memcpy(slot, parameter.constant->data(), layout.size);
        break;
      case plan::Parameter::Source::kLiteral: {
        const binding::LiteralImage image =
            binding::literal_image(literals[parameter.index]->literal);
        SP_CHECK(image.type == parameter.type);
        slot_ops(parameter.type).copy(slot, image.bytes->data(), execution.arena());
        break;
      }
      case plan::Parameter::Source::kHole: {
        const HoleValue& hole = holes[parameter.index];
        ParseRules rules;
        rules.check_overflow = true;
        rules.null_words = true;
        ParseError problem;
        if (!ValueParser(parameter.type, rules)
                 .parse(hole.text, slot, execution.arena(), problem)) {
          return fail(ErrorCode::kBadQueryParameter,
                      "Value '" + hole.text + "' cannot be parsed as " + parameter.type.name() +
                          " for query parameter '" + hole.name + "'");
        }
        break;
      }
      case plan::Parameter::Source::kSample: {
        const plan::Sample& sample = plan.samples[parameter.index];
        SP_TRY(const plan::SampleRange range,
               sample_range(sample, execution.table_rows(sample.table)));
        using Field = plan::Parameter::SampleField;
        const uint64_t key = parameter.sample_field == Field::kFirst ? range.first : range.last;
        if (parameter.sample_field == Field::kFactor)
          std::memcpy(slot, &range.factor, sizeof(range.factor));
        else
          std::memcpy(slot, &key, layout.size);
        break;
      }
      case plan::Parameter::Source::kSubquery: break;
    }
  }
  return {};
}

}  // namespace sp
